"""Failed log-ins, counted in a table that all processes share: nobody tries passwords at leisure."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from tomoiki.accounts.models import LoginFailure
from tomoiki.core.identifiers import read_email
from tomoiki.core.reading import BadInput

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 50  # an office sits behind one address


def account_key(email: str) -> str:
    """Return the hash under which an account's failures stand; all spellings of one address share it."""
    try:
        email = read_email(email).value
    except BadInput:
        email = email.strip()
    return hashlib.sha256(email.lower().encode()).hexdigest()


def is_shut(session: Session, email: str, address: str) -> bool:
    """Tell whether this account or this address failed so often that it has to wait, right or wrong."""
    account = account_key(email)
    is_account, is_address = LoginFailure.account == account, LoginFailure.address == address
    counts = (
        sa.select(sa.func.count().filter(is_account), sa.func.count().filter(is_address))
        .where(LoginFailure.at > datetime.now(UTC) - WINDOW)
        .where(is_account | is_address)
    )
    of_account, of_address = session.execute(counts).one()
    return of_account >= PER_ACCOUNT or of_address >= PER_ADDRESS


def count_failure(session: Session, email: str, address: str) -> None:
    """Write down one failure and drop those that count no longer."""
    now = datetime.now(UTC)
    session.execute(sa.delete(LoginFailure).where(LoginFailure.at <= now - WINDOW))
    session.add(LoginFailure(at=now, account=account_key(email), address=address))
    session.flush()


def forget_failures(session: Session, email: str) -> None:
    """Clear an account's failures once its user has logged in; those of the address stay."""
    session.execute(sa.delete(LoginFailure).where(LoginFailure.account == account_key(email)))


def trust_proxies(app: Flask) -> None:
    """Believe the forwarding headers of as many proxies as TOMOIKI_PROXIES says stand before us."""
    count = int(os.environ.get("TOMOIKI_PROXIES") or 0)
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
