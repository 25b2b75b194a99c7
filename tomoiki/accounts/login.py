"""Logging in: Flask-Security with our settings, failures counted, a second factor whose codes work once."""

from __future__ import annotations

import hashlib
import hmac
import io
import logging
from base64 import b64encode
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, after_this_request, redirect, request, session, url_for
from flask_login import user_logged_out  # type: ignore[import-untyped]
from flask_principal import identity_loaded
from flask_security import (
    ChangePasswordForm,
    LoginForm,
    MailUtil,
    RoleMixin,
    Security,
    SQLAlchemyUserDatastore,
    Totp,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
    current_user,
    tf_disabled,
    user_authenticated,
)
from flask_security.core import _on_identity_loaded
from flask_security.mail_util import EmailValidateException
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.utils import validate_redirect_url
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField

from tomoiki.accounts import account, invitations, throttle, visitors
from tomoiki.accounts.models import User
from tomoiki.accounts.services import PASSWORD_LENGTH
from tomoiki.accounts.visitors import current_viewer, user_language
from tomoiki.core.database import begin_write, db
from tomoiki.core.identifiers import read_email
from tomoiki.core.languages import CATALOGS, speak_here
from tomoiki.core.reading import BadInput

__all__ = ["current_viewer", "install", "to_login", "user_language"]

log = logging.getLogger(__name__)
GUARDED = frozenset(  # where a secret can be guessed
    f"security.{view}"
    for view in ("login", "two_factor_token_validation", "mf_recovery", "verify", "change_password")
)
REMAINING = frozenset({"lang", "_remember"})  # what a session holds of no user


def install(app: Flask) -> None:
    """Add log-in, log-out, account and invitation pages, and learn at each request who is there."""
    for key, value in _settings(app).items():
        app.config.setdefault(key, value)
    throttle.trust_proxies(app)
    visitors.install(app)
    _install_security(app)
    app.before_request(_meet)
    account.install(app)
    invitations.install(app)


def _settings(app: Flask) -> dict[str, Any]:
    password = {
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SINGLE_HASH": ["argon2"],
        "PASSWORD_SALT": _derived(app, "password salt"),  # asked for, though argon2 keeps a salt of its own
        "PASSWORD_LENGTH_MIN": PASSWORD_LENGTH,
        "CHANGEABLE": True,
        "SEND_PASSWORD_CHANGE_EMAIL": False,
        "POST_CHANGE_VIEW": "/account",
        "RETURN_GENERIC_RESPONSES": True,
    }
    second_factor = {
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "TOTP_SECRETS": {"1": _derived(app, "totp")},
        "TOTP_ISSUER": "tomoiki",
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": app.config["TOMOIKI_DATA_KEY"].split(),
        "FRESHNESS": timedelta(minutes=30),
        "FRESHNESS_GRACE_PERIOD": timedelta(minutes=10),
    }
    session_and_words = {
        "POST_LOGIN_VIEW": "/",
        "POST_LOGOUT_VIEW": "/login",
        "API_ENABLED_METHODS": ["session"],
        "CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
        "I18N_DIRNAME": ["builtin", str(CATALOGS)],
        "JOIN_USER_ROLES": False,  # our roles are codes, not a table
        "CLI_USERS_NAME": None,  # accounts/commands.py has our own
        "CLI_ROLES_NAME": None,
        "STATIC_FOLDER": None,
    }
    ours = {f"SECURITY_{key}": value for key, value in (password | second_factor | session_and_words).items()}
    return ours | {"SESSION_PROTECTION": None}  # it would hash the browser's name on each page, to no effect


def _derived(app: Flask, purpose: str) -> str:
    key = app.config["SECRET_KEY"]
    key = key if isinstance(key, bytes) else key.encode()
    return hmac.new(key, f"tomoiki {purpose}".encode(), hashlib.sha256).hexdigest()


def _install_security(app: Flask) -> None:
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, User, RoleMixin),
        login_form=CountedLogin,
        verify_form=CountedVerify,
        change_password_form=CountedChange,
        two_factor_setup_form=Method,
        two_factor_verify_code_form=CountedCode,
        two_factor_rescue_form=NoRescue,
        mf_recovery_form=CountedRecovery,
        mail_util_cls=NoMail,
        totp_cls=OneTime,
    )
    security.want_json(lambda request: False)  # pages only, no second door
    security.unauthn_handler(to_login)
    security.login_manager.unauthorized_callback = to_login
    security.login_manager.user_loader(visitors.load_user)
    security.login_manager.request_loader(None)
    # Flask-Principal would load the user for each request, static ones too, and read role.name of our codes.
    identity_loaded.disconnect(_on_identity_loaded, app)
    app.before_request_funcs[None].remove(security.principal._on_before_request)  # noqa: SLF001 - it has no switch
    app.view_functions["security.two_factor_rescue"] = _to_recovery
    user_authenticated.connect(_welcome, app)
    user_logged_out.connect(_leave, app)
    tf_disabled.connect(_forget_counter, app)


def _meet() -> Response | None:
    if request.blueprint == visitors.SECURITY and request.method == "POST":
        begin_write()  # before the user is loaded: taking the lock later would lose her
        if request.endpoint in GUARDED and throttle.is_shut(db.session(), _account(), _address()):
            db.session.rollback()
            raise TooManyRequests(retry_after=900)
    visitors.meet()
    return None


def _account() -> str:
    if request.endpoint == "security.login":
        return request.form.get("email", "")
    if uniquifier := session.get("tf_user_id"):  # the password was right, the code is still to come
        return db.session.scalar(sa.select(User.email).where(User.fs_uniquifier == uniquifier)) or ""
    return current_user.email if current_user.is_authenticated else ""


def _address() -> str:
    return request.remote_addr or ""


def to_login(mechanisms: object = None, headers: object = None) -> AnyResponse:
    """Send somebody unknown to the log-in page, and from there back to the page she asked for."""
    asked = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else None
    return redirect(url_for("security.login", next=asked))


def _to_recovery() -> AnyResponse:
    return redirect(url_for("security.mf_recovery"))


def _welcome(app: Flask, user: User, **_more: Any) -> None:
    throttle.forget_failures(db.session(), user.email)
    for key in ("opened", "seen", "csrf_token"):  # nothing that stood there before tells of her, or binds her
        session.pop(key, None)
    spoken = session.get("lang") or user.language.value

    @after_this_request
    def speak(answer: Response) -> Response:
        speak_here(answer, spoken)
        return answer


def _leave(app: Flask, user: User, **_more: Any) -> None:
    for key in session.keys() - REMAINING:
        session.pop(key)


def _forget_counter(app: Flask, user: User, **_more: Any) -> None:
    _store_counter(user, None)


def _note(is_right: bool, email: str | None) -> bool:
    """Write a failure down at once: Flask-Security commits successes only."""
    if not is_right:
        throttle.count_failure(db.session(), email or "", _address())
        db.session.commit()
    return is_right


class CountedLogin(LoginForm):
    """Log-in without "remember me", which would outlive the idle limit."""

    remember = None  # type: ignore[assignment]  # so WTForms drops an inherited field

    def validate_next(self, field: Any) -> None:
        """Forget a way back that leads out of the office; it is no reason to refuse the log-in."""
        if not field.data or not validate_redirect_url(field.data):
            field.data = "/"

    def validate(self, **options: Any) -> bool:
        """Check e-mail and password; count a failure."""
        return _note(super().validate(**options), self.email.data)


class CountedVerify(VerifyForm):
    """The password once more, before something delicate."""

    def validate(self, **options: Any) -> bool:
        """Check the password; count a failure."""
        return _note(super().validate(**options), current_user.email)


class CountedChange(ChangePasswordForm):
    """A new password."""

    def validate(self, **options: Any) -> bool:
        """Check the old and the new password; only a wrong old one is a failure."""
        is_right = super().validate(**options)
        _note(not self.password.errors, current_user.email)
        return is_right


class Method(TwoFactorSetupForm):
    """Which second factor; our page has a button for each, Flask-Security's radio buttons are not needed."""

    setup = StringField()  # type: ignore[assignment, no-untyped-call]  # in place of radio buttons


class _Ways(StringField):
    def __init__(self, *facts: Any, **more: Any) -> None:
        super().__init__(*facts, **more)  # type: ignore[no-untyped-call]  # WTForms is not typed
        self.choices: list[Any] = []  # Flask-Security adds to it


class NoRescue(TwoFactorRescueForm):
    """By mail nobody is rescued: the page of the code links to the recovery codes."""

    help_setup = _Ways()  # type: ignore[assignment]  # in place of radio buttons


class CountedCode(TwoFactorVerifyCodeForm):
    """The code of the authenticator app."""

    def validate(self, **options: Any) -> bool:
        """Check the code; while it is being set up a slip is no failure."""
        is_right = super().validate(**options)
        return is_right if self.is_setup else _note(is_right, getattr(self.user, "email", None))


class CountedRecovery(MfRecoveryForm):
    """A recovery code in place of the authenticator's."""

    def validate(self, **options: Any) -> bool:
        """Check the code; count a failure."""
        self.code.data = (self.code.data or "").strip().lower()
        return _note(super().validate(**options), getattr(self.user, "email", None))


class NoMail(MailUtil):
    """tomoiki sends no mail of this kind; an address is read here as everywhere in the office."""

    def send_mail(self, template: str, *_mail: Any, **_context: Any) -> None:
        """Note that Flask-Security wanted to write; to whom and what stays out of the log."""
        log.info("no mail sent for %s", template)

    def normalize(self, email: str) -> str:
        """Return the address as it is stored."""
        try:
            return read_email(email).value.lower()
        except BadInput as fault:
            raise EmailValidateException(str(fault.message)) from None

    def validate(self, email: str) -> str:
        """Take the address as `normalize` reads it."""
        return self.normalize(email)


class OneTime(Totp):
    """A code works once: the counter of the last one is kept with the user."""

    def get_last_counter(self, user: Any) -> int | None:
        """Return the counter of the last code that was taken."""
        return db.session.scalar(sa.select(User.tf_last_counter).where(User.id == user.id))

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Keep the counter of the code that was just taken."""
        _store_counter(user, tmatch.counter)

    def generate_qrcode(self, username: str, totp: str) -> str:
        """Return the QR code as a data address, with a white ground so that it reads in dark mode too."""
        import qrcode  # noqa: PLC0415 - heavy, and seldom needed
        from qrcode.image.svg import SvgPathFillImage  # noqa: PLC0415

        picture = io.BytesIO()
        qrcode.make(self.get_totp_uri(username, totp), image_factory=SvgPathFillImage).save(picture)
        return f"data:image/svg+xml;base64,{b64encode(picture.getvalue()).decode()}"


def _store_counter(user: Any, counter: int | None) -> None:
    # Beside the ORM: it is no change of the record, so neither a new version nor a row in the change log.
    statement = sa.text('UPDATE "user" SET tf_last_counter = :counter WHERE id = :id')
    db.session.execute(statement, {"counter": counter, "id": user.id})
