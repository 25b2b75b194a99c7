"""Boxes of administrator and auditor: users, changes, settings, the ledger."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import gettext as _

from admin_views.engine.boxes import Box, Desk, Line
from admin_views.engine.parts import Part, counts
from admin_views.front.words import number
from tomoiki.accounts.models import Invitation, LoginFailure
from tomoiki.accounts.throttle import WINDOW


def users(desk: Desk) -> Box:
    """Who may log in, who was invited, and how often somebody failed to."""
    parts = {
        _("May log in"): Part("users", (("active", "yes"),)),
        _("May not log in"): Part("users", (("active", "no"),)),
    }
    invited = sa.select(sa.func.count()).where(Invitation.used_at.is_(None), Invitation.expires_at > desk.now)
    failed = sa.select(sa.func.count()).where(LoginFailure.at > desk.now - WINDOW)
    row = desk.session.execute(
        sa.select(
            invited.select_from(Invitation).scalar_subquery(),
            failed.select_from(LoginFailure).scalar_subquery(),
        )
    ).one()
    return Box(
        _("Users"),
        [
            *_counted(desk, parts),
            Line(_("Open invitations"), measure=number(row[0])),
            Line(_("Failed log-ins"), sub=_("in the last 15 minutes"), measure=number(row[1])),
        ],
    )


def changes(desk: Desk) -> Box:
    """What was changed and looked at today."""
    day = (("at.from", desk.today.isoformat()),)
    parts = {_("Changes"): Part("change-log", day), _("Records opened"): Part("access-log", day)}
    return Box(_("Recorded today"), _counted(desk, parts))


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
    parts = {
        _("Donations"): Part("donations"),
        _("Receipts"): Part("receipts"),
        _("Expenses"): Part("expenses"),
        _("Bank lines"): Part("bank-lines"),
    }
    return Box(_("The books"), _counted(desk, parts))


def _counted(desk: Desk, parts: Mapping[str, Part]) -> list[Line]:
    """Return a line for each part of a list: its name, and how many are there."""
    found = counts(desk.session, *parts.values())
    return [
        Line(name, part.address, measure=number(count), count=count)
        for (name, part), count in zip(parts.items(), found, strict=True)
    ]
