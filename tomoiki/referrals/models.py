"""The tables partner (専門家・連携団体) and referral (つなぎ先紹介)."""

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.ext.associationproxy import AssociationProxy
from sqlalchemy.orm import Mapped, Session

from tomoiki.cases.models import Case
from tomoiki.core import formats
from tomoiki.core.dates import today
from tomoiki.core.fields import codes, col, ref
from tomoiki.core.lists import Language, Prefecture
from tomoiki.core.records import Fault, Moves, Record
from tomoiki.people.models import Consent
from tomoiki.people.services import find_consent, has_agreed
from tomoiki.referrals.lists import PartnerKind, ReferralKind, ReferralStatus, SharedItem, scope_of


class Partner(Record):
    """Somebody outside who helps: a lawyer, a hospital, an authority."""

    __label__ = ("name",)
    __sublabel__ = "kind"

    name: Mapped[str] = col(label=_("Partner name"), search="open", index=True)
    kind: Mapped[str] = col(label=_("Kind of partner"), choices=PartnerKind)
    pref_covered: AssociationProxy[list[str]] = codes(
        Prefecture, label=_("Prefectures covered"), table="partner_pref"
    )
    languages: AssociationProxy[list[str]] = codes(Language, label=_("Languages"), table="partner_language")
    phone: Mapped[str | None] = col(label=_("Phone"), personal=True, search="names", format=formats.PHONE_JP)
    email: Mapped[str | None] = col(label=_("E-mail"), personal=True, search="names", format=formats.EMAIL)
    fee_note: Mapped[str | None] = col(label=_("Fees"), help=_("For example: first hour free."))
    active: Mapped[bool] = col(label=_("Works with us"), default=True)


def _refuse_without_consent(referral: "Referral", session: Session) -> Fault | None:
    """Nothing of a person is passed on without her consent, except to protect life and body (法27条1項2号)."""
    case = session.get(Case, referral.case_id)
    if referral.emergency_reason or (case and has_agreed(session, case.person_id, scope_of(referral.kind))):
        return None
    message = _(
        "The person has not agreed to this. Note her consent on her page, or write why life or body are at risk."
    )
    return Fault(message, "emergency_reason")


class Referral(Record):
    """A case is passed on to a partner: what for, what was told, what came of it."""

    __label__ = ("kind",)
    __moves__ = Moves(
        "status",
        {
            ReferralStatus.draft: (ReferralStatus.asked, ReferralStatus.withdrawn),
            ReferralStatus.asked: (
                ReferralStatus.accepted,
                ReferralStatus.declined,
                ReferralStatus.withdrawn,
            ),
            ReferralStatus.accepted: (ReferralStatus.done, ReferralStatus.withdrawn),
        },
        asks={
            ReferralStatus.asked: ("shared_items", "expected_on", "emergency_reason"),
            ReferralStatus.declined: ("result",),
            ReferralStatus.done: ("result", "cost"),
            ReferralStatus.withdrawn: ("result",),
        },
        refuses={(ReferralStatus.draft, ReferralStatus.asked): _refuse_without_consent},
    )
    __table_args__ = (sa.Index("ix_referral_asked_on", "asked_on", "id", "case_id"),)

    case: Mapped[Case] = ref(label=_("Case"), search="open")
    case_id: Mapped[int]
    partner: Mapped[Partner] = ref(label=_("Partner"), search="narrative")
    kind: Mapped[str] = col(label=_("Referred to"), choices=ReferralKind)
    asked_on: Mapped[date] = col(label=_("Asked on"), default=today)
    purpose: Mapped[str | None] = col(label=_("Purpose"), narrative=True, search="narrative")
    shared_items: AssociationProxy[list[str]] = codes(
        SharedItem, label=_("What was told"), table="referral_shared_item"
    )
    consent: Mapped[Consent | None] = ref(label=_("Consent"), read_only=True)
    consent_id: Mapped[int | None]
    emergency_reason: Mapped[str | None] = col(
        label=_("Reason without consent"),
        long=True,
        narrative=True,
        help=_("Only to protect life and body: what would happen if one waited."),
    )
    expected_on: Mapped[date | None] = col(label=_("Answer expected on"))
    status: Mapped[ReferralStatus] = col(label=_("Status"), default=ReferralStatus.draft, read_only=True)
    result: Mapped[str | None] = col(label=_("Result"), long=True, narrative=True, search="narrative")
    cost: Mapped[int | None] = col(label=_("Cost"), unit="JPY", low=0, check="cost >= 0")

    def prepare(self, session: Session) -> None:
        """Hold on to the consent on which it rests from the day it is asked."""
        if self.status is ReferralStatus.asked and self.consent_id is None:
            with session.no_autoflush:
                case = session.get(Case, self.case_id)
                found = find_consent(session, case.person_id, scope_of(self.kind)) if case else None
                self.consent_id = found.id if found else None

    def faults(self, session: Session) -> Iterator[Fault]:
        """An answer is expected after one has asked."""
        if self.expected_on and self.expected_on < self.asked_on:
            yield Fault(
                _("The answer cannot be due before it is asked for. Check both dates."), "expected_on"
            )
        was_urgent = sa.inspect(self).attrs.emergency_reason.history.deleted
        if was_urgent and was_urgent[0] and self.status is not ReferralStatus.draft:
            refused = _refuse_without_consent(self, session)
            yield from [refused] if refused else []
