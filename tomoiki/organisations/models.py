"""The table organisation (企業・団体)."""

from flask_babel import lazy_gettext as _
from sqlalchemy.ext.associationproxy import AssociationProxy
from sqlalchemy.orm import Mapped

from tomoiki.core import formats
from tomoiki.core.fields import codes, col, ref
from tomoiki.core.lists import Prefecture
from tomoiki.core.records import Record
from tomoiki.core.vocabulary import OpenChoice


class OrganisationRole(OpenChoice):
    """What an organisation is to the office; it may be several things."""

    employer = "employer", _("Host company")
    supervising = "supervising", _("Supervising organisation")
    support = "support", _("Registered support organisation")
    sending = "sending", _("Sending agency")
    school = "school", _("School")
    grantor = "grantor", _("Grantor")
    donor = "donor", _("Donor organisation")


class Industry(OpenChoice):
    """業種, in the words of the office's ledgers."""

    care = "care", _("Care")
    cleaning = "cleaning", _("Cleaning")
    construction = "construction", _("Construction")
    painting = "painting", _("Painting")
    metal = "metal", _("Metalwork")
    machinery = "machinery", _("Machinery")
    electronics = "electronics", _("Electronics")
    sewing = "sewing", _("Sewing")
    shipbuilding = "shipbuilding", _("Shipbuilding")
    automobile = "automobile", _("Automobile")
    food = "food", _("Food processing")
    restaurant = "restaurant", _("Restaurant")
    accommodation = "accommodation", _("Hotels and inns")
    agriculture = "agriculture", _("Farming")
    fishery = "fishery", _("Fishing")
    forestry = "forestry", _("Forestry")
    logistics = "logistics", _("Logistics")
    trade = "trade", _("Trade")
    education = "education", _("Education")
    it = "it", _("Information technology")
    other = "other", _("Other industry")


class Organisation(Record):
    """A company or body; its 法人番号 is unique where it has one."""

    __label__ = ("name",)
    __sublabel__ = "pref"
    __key__ = ("corporate_number", "name")

    name: Mapped[str] = col(label=_("Name"), search="open", format=formats.NAME, index=True)
    name_kana: Mapped[str | None] = col(label=_("Name in katakana"), search="open")
    corporate_number: Mapped[str | None] = col(
        label=_("Corporate number"),
        search="open",
        unique=True,
        format=formats.CORPORATE_NUMBER,
        help=_("13 digits."),
    )
    roles: AssociationProxy[list[str]] = codes(OrganisationRole, label=_("Roles"), table="organisation_role")
    license_no: Mapped[str | None] = col(label=_("Licence number"))
    industry: Mapped[str | None] = col(label=_("Industry"), choices=Industry)
    pref: Mapped[str | None] = col(label=_("Prefecture"), choices=Prefecture)
    postal_code: Mapped[str | None] = col(label=_("Postal code"), format=formats.POSTAL_CODE)
    address: Mapped[str | None] = col(label=_("Address"))
    phone: Mapped[str | None] = col(label=_("Phone"), search="open", format=formats.PHONE_JP)
    contact_name: Mapped[str | None] = col(label=_("Contact person"), personal=True, search="names")
    contact_email: Mapped[str | None] = col(
        label=_("Contact e-mail"), personal=True, search="names", format=formats.EMAIL
    )
    note: Mapped[str | None] = col(label=_("Note"), long=True, narrative=True, search="narrative")
    merged_into: Mapped["Organisation | None"] = ref(label=_("Merged into"), read_only=True)
