"""The tables person (支援対象者), residence_status (在留資格履歴) and consent (同意)."""

from collections.abc import Iterator
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.ext.associationproxy import AssociationProxy
from sqlalchemy.orm import Mapped, Session

from tomoiki.core import formats
from tomoiki.core.dates import now, today
from tomoiki.core.fields import codes, col, ref
from tomoiki.core.lists import Language, Nationality, Prefecture
from tomoiki.core.records import Fault, Numbering, Record
from tomoiki.people.lists import (
    ApplicationType,
    ConsentException,
    ConsentMethod,
    ConsentScope,
    Decision,
    Gender,
    JapaneseLevel,
    ResidenceStatusCode,
    Situation,
    SswField,
    StatusSource,
)


class Person(Record):
    """Somebody the office supports. Known by at least one of three names; the card number is no key (DOMAIN 9.4)."""

    __label__ = ("full_name_vi", "name_card", "name_used", "code")
    __sublabel__ = "code"
    __numbering__ = Numbering("code", "number_format_person")
    __key__ = ("residence_card_no", "full_name_vi", "name_card", "birth_date")
    __table_args__ = (
        sa.CheckConstraint(
            "full_name_vi IS NOT NULL OR name_card IS NOT NULL OR name_used IS NOT NULL", name="a_name"
        ),
        sa.Index("ix_person_created_at", "created_at", "id"),
    )

    code: Mapped[str] = col(label=_("Person number"), search="open", unique=True, read_only=True)
    full_name_vi: Mapped[str | None] = col(
        label=_("Vietnamese name"),
        personal=True,
        search="names",
        format=formats.NAME,
        help=_("With diacritics, family name first: in Nguyễn Thị Bưởi that is Nguyễn; she is called Bưởi."),
    )
    name_card: Mapped[str | None] = col(
        label=_("Name on residence card"),
        personal=True,
        search="names",
        format=formats.NAME,
        help=_("Capital letters A to Z, as printed."),
    )
    name_kana: Mapped[str | None] = col(
        label=_("Name in katakana"), personal=True, search="names", format=formats.NAME
    )
    name_used: Mapped[str | None] = col(
        label=_("Name used"), personal=True, search="names", format=formats.NAME
    )
    family_name: Mapped[str | None] = col(
        label=_("Family name"), personal=True, search="names", format=formats.NAME
    )
    middle_name: Mapped[str | None] = col(
        label=_("Middle name"), personal=True, search="names", format=formats.NAME
    )
    given_name: Mapped[str | None] = col(
        label=_("Given name"), personal=True, search="names", format=formats.NAME
    )
    birth_date: Mapped[date | None] = col(label=_("Birth date"), personal=True)
    birth_year: Mapped[int | None] = col(
        label=_("Birth year (estimated)"), personal=True, low=1900, high=2100
    )
    gender: Mapped[str | None] = col(label=_("Gender"), personal=True, choices=Gender)
    nationality: Mapped[str] = col(label=_("Nationality"), choices=Nationality, default="VNM", exported=False)
    hometown_province: Mapped[str | None] = col(label=_("Home province"), personal=True)
    phone_jp: Mapped[str | None] = col(
        label=_("Phone (Japan)"), personal=True, search="names", format=formats.PHONE_JP
    )
    phone_vn: Mapped[str | None] = col(
        label=_("Phone (Viet Nam)"), personal=True, search="names", format=formats.PHONE_VN
    )
    facebook: Mapped[str | None] = col(
        label=_("Facebook"), personal=True, search="names", format=formats.FACEBOOK
    )
    zalo: Mapped[str | None] = col(label=_("Zalo"), personal=True, search="names")
    line_id: Mapped[str | None] = col(label=_("LINE ID"), personal=True, search="names")
    email: Mapped[str | None] = col(label=_("E-mail"), personal=True, search="names", format=formats.EMAIL)
    pref: Mapped[str | None] = col(label=_("Prefecture"), choices=Prefecture)
    city: Mapped[str | None] = col(label=_("City"))
    address: Mapped[str | None] = col(label=_("Address"), personal=True, search="names")
    postal_code: Mapped[str | None] = col(label=_("Postal code"), personal=True, format=formats.POSTAL_CODE)
    preferred_lang: Mapped[str] = col(label=_("Preferred language"), choices=Language, default="vi")
    japanese_level: Mapped[str | None] = col(label=_("Japanese level"), choices=JapaneseLevel)
    residence_card_no: Mapped[str | None] = col(
        label=_("Residence card number"), personal=True, secret=True, format=formats.RESIDENCE_CARD
    )
    passport_no: Mapped[str | None] = col(
        label=_("Passport number"), personal=True, secret=True, format=formats.PASSPORT
    )
    emergency_contact: Mapped[str | None] = col(label=_("Emergency contact"), personal=True, long=True)
    safe_contact: Mapped[str | None] = col(
        label=_("Safe way of contact"),
        personal=True,
        secret=True,
        long=True,
        help=_("For example: Messenger only, never phone the dormitory."),
    )
    consent_at: Mapped[datetime | None] = col(label=_("Consent given at"))
    consent_scope: AssociationProxy[list[str]] = codes(
        ConsentScope, label=_("Consent to"), table="person_consent_scope"
    )
    consent_exception: Mapped[ConsentException | None] = col(label=_("Reason without consent"))
    merged_into: Mapped["Person | None"] = ref(label=_("Merged into"), read_only=True)

    def faults(self, session: Session) -> Iterator[Fault]:
        """A person has a name, and was born in the past."""
        if not (self.full_name_vi or self.name_card or self.name_used):
            yield Fault(
                _("Give at least one name: Vietnamese, as on the card, or the name used."), "full_name_vi"
            )
        if self.birth_date and self.birth_date > today():
            yield Fault(_("This day is still to come. Check the birth date."), "birth_date")


class ResidenceStatus(Record):
    """One status of residence in a person's history; situation is not a status."""

    __label__ = ("status",)
    __table_args__ = (sa.Index("ix_residence_status_expires_on", "expires_on", "id", "person_id"),)

    person: Mapped[Person] = ref(label=_("Person"), on_delete="cascade", search="open")
    person_id: Mapped[int]
    status: Mapped[str] = col(
        label=_("Status of residence"), choices=ResidenceStatusCode, default="unknown", exported=False
    )
    sub_type: Mapped[str | None] = col(
        label=_("Field or stage"), help=_("For designated activities: the text of the designation.")
    )
    ssw_field: Mapped[str | None] = col(label=_("Specified industry field"), choices=SswField)
    granted_on: Mapped[date | None] = col(label=_("Granted on"))
    expires_on: Mapped[date | None] = col(label=_("Expires on"), due=True)
    card_no: Mapped[str | None] = col(
        label=_("Residence card number"), personal=True, secret=True, format=formats.RESIDENCE_CARD
    )
    situation: Mapped[str | None] = col(label=_("Situation"), choices=Situation, narrative=True)
    applied_on: Mapped[date | None] = col(label=_("Applied on"))
    application_type: Mapped[str | None] = col(label=_("Application"), choices=ApplicationType)
    application_no: Mapped[str | None] = col(label=_("Application number"), personal=True, secret=True)
    decided_on: Mapped[date | None] = col(label=_("Decided on"))
    decision: Mapped[str | None] = col(label=_("Decision"), choices=Decision)
    source: Mapped[str | None] = col(label=_("Known from"), choices=StatusSource)

    def faults(self, session: Session) -> Iterator[Fault]:
        """A status does not end before it was granted."""
        if self.granted_on and self.expires_on and self.expires_on < self.granted_on:
            yield Fault(_("This day is before the day of granting. Check both dates."), "expires_on")


class Consent(Record):
    """What somebody agreed to, when and how, until she withdraws it."""

    __called__ = _("Consents")
    __label__ = ("scope",)
    __table_args__ = (sa.CheckConstraint("withdrawn_at >= given_at", name="withdrawn_after_given"),)

    person: Mapped[Person] = ref(label=_("Person"), on_delete="cascade")
    person_id: Mapped[int]
    scope: Mapped[str] = col(label=_("Consent to"), choices=ConsentScope)
    given_at: Mapped[datetime] = col(label=_("Given at"), default=now)
    method: Mapped[str | None] = col(label=_("How it was given"), choices=ConsentMethod)
    withdrawn_at: Mapped[datetime | None] = col(label=_("Withdrawn at"))
