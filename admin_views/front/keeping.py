"""Boxes of administrator and auditor: users, changes, settings, the ledger."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from admin_views.engine.front import Box, Desk, Line
from admin_views.engine.parts import Part, counts
from admin_views.front.words import number
from tomoiki.accounts.models import Invitation, LoginFailure


def users(desk: Desk) -> Box:
    """Who may log in, who was invited, and how often somebody failed to."""
    may, may_not = Part("users", (("active", "yes"),)), Part("users", (("active", "no"),))
    active, inactive = counts(desk.session, may, may_not)
    invited = sa.select(sa.func.count()).where(Invitation.used_at.is_(None), Invitation.expires_at > desk.now)
    failed = sa.select(sa.func.count()).where(LoginFailure.at > desk.now - timedelta(minutes=15))
    row = desk.session.execute(
        sa.select(
            invited.select_from(Invitation).scalar_subquery(),
            failed.select_from(LoginFailure).scalar_subquery(),
        )
    ).one()
    return Box(
        _("Users"),
        [
            Line(_("May log in"), may.address, measure=number(active), count=active),
            Line(_("May not log in"), may_not.address, measure=number(inactive), count=inactive),
            Line(_("Open invitations"), measure=number(row[0])),
            Line(_("Failed log-ins"), sub=_("in the last 15 minutes"), measure=number(row[1])),
        ],
    )


def changes(desk: Desk) -> Box:
    """What was changed and looked at today."""
    day = (("at.from", desk.today.isoformat()),)
    parts = Part("change-log", day), Part("access-log", day)
    found = counts(desk.session, *parts)
    names = (_("Changes"), _("Records opened"))
    return Box(
        _("Recorded today"),
        [
            Line(name, part.address, measure=number(count), count=count)
            for name, part, count in zip(names, parts, found, strict=True)
        ],
    )


def settings(desk: Desk) -> Box:
    """The ways to what an administrator keeps in order."""
    ways = {
        "/settings/": _("Settings"),
        "/choices/": _("Lists and their words"),
        "/deadline-rules/": _("Deadline rules"),
        "/permissions": _("Who may do what"),
        "/last-hour": _("The last hour of a user"),
    }
    return Box(_("Keep in order"), [Line(name, address) for address, name in ways.items()])


def ledger(desk: Desk) -> Box:
    """The books: gifts, receipts, expenses, lines of the bank."""
    names = {
        "donations": _("Donations"),
        "receipts": _("Receipts"),
        "expenses": _("Expenses"),
        "bank-lines": _("Bank lines"),
    }
    parts = [Part(slug) for slug in names]
    found = counts(desk.session, *parts)
    return Box(
        _("The books"),
        [
            Line(name, part.address, measure=number(count), count=count)
            for name, part, count in zip(names.values(), parts, found, strict=True)
        ],
    )
