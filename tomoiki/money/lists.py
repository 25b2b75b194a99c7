"""Vocabularies of money (DOMAIN 2.6, 3.10, 3.11)."""

from flask_babel import lazy_gettext as _

from tomoiki.core.vocabulary import Choice, OpenChoice


class SupportType(OpenChoice):
    """What money is spent on."""

    medical = "medical", _("Medical care")
    legal = "legal", _("Legal help")
    shelter = "shelter", _("Shelter")
    travel = "travel", _("Travel")
    airfare = "airfare", _("Air ticket home")
    food = "food", _("Food and daily goods")
    maternity = "maternity", _("Mothers and births")
    childcare = "childcare", _("Baby goods")
    interpretation = "interpretation", _("Interpretation")
    visa_fee = "visa_fee", _("Immigration fees and papers")
    education = "education", _("Learning and Japanese")
    event = "event", _("Study sessions and events")
    seminar = "seminar", _("Employer seminars")
    advocacy = "advocacy", _("Advocacy and research")
    cash_grant = "cash_grant", _("Cash grant")
    cash_loan = "cash_loan", _("Loan")
    funeral = "funeral", _("Funeral and remains")
    comms = "comms", _("Communication")
    personnel = "personnel", _("Personnel")
    office = "office", _("Office costs")
    fundraising = "fundraising", _("Fundraising")
    other = "other", _("Other purpose")


class FundKind(Choice):
    """What binds the money of a fund."""

    general = "general", _("General")
    restricted = "restricted", _("Restricted donation")
    grant = "grant", _("Grant")
    subsidy = "subsidy", _("Subsidy")


class DonorKind(Choice):
    """Who gives."""

    individual = "individual", _("Individual")
    company = "company", _("Company")
    group = "group", _("Group")
    anonymous = "anonymous", _("Anonymous")


class ReceiptPreference(Choice):
    """When a donor wants a receipt."""

    each = "each", _("For each gift")
    yearly = "yearly", _("Once a year")
    none = "none", _("Not needed")


class PublishName(Choice):
    """Whether a donor's name may be published."""

    yes = "yes", _("Yes")
    no = "no", _("No")
    initials = "initials", _("Initials only")


class PaymentMethod(OpenChoice):
    """How money came in."""

    bank = "bank", _("Bank transfer")
    yucho_furikae = "yucho_furikae", _("Postal transfer slip")
    cash = "cash", _("Cash")
    card = "card", _("Card")
    convenience = "convenience", _("Convenience store")
    carrier = "carrier", _("Mobile carrier")
    paypay = "paypay", _("PayPay and similar")
    syncable = "syncable", _("Syncable")
    congrant = "congrant", _("Congrant")
    campfire = "campfire", _("CAMPFIRE")
    readyfor = "readyfor", _("READYFOR")
    giveone = "giveone", _("GiveOne")
    yahoo = "yahoo", _("Yahoo! Net Bokin")
    points = "points", _("Loyalty points")
    box = "box", _("Collection box")
    stock = "stock", _("Bequest or securities")
    in_kind = "in_kind", _("Goods")
    other = "other", _("Other method")


class DonationKind(Choice):
    """What kind of income a row is."""

    donation = "donation", _("Donation")
    membership = "membership", _("Membership fee")
    grant = "grant", _("Grant received")
    in_kind = "in_kind", _("Gift in kind")
    bequest = "bequest", _("Bequest")


class DonationStatus(Choice):
    """The states of a donation."""

    draft = "draft", _("Draft"), "off"
    confirmed = "confirmed", _("Confirmed"), "go"
    receipted = "receipted", _("Receipt issued"), "done"
    refunded = "refunded", _("Refunded"), "wait"
    void = "void", _("Void"), "off"


class Currency(OpenChoice):
    """Currencies of gifts; amounts are kept in yen."""

    JPY = "JPY", _("Yen")
    USD = "USD", _("US dollar")
    VND = "VND", _("Dong")


class PledgeCycle(Choice):
    """How often a pledge is paid."""

    monthly = "monthly", _("Monthly")
    yearly = "yearly", _("Every year")


class PledgeStatus(Choice):
    """The states of a pledge."""

    active = "active", _("Running"), "go"
    paused = "paused", _("Paused"), "wait"
    failed = "failed", _("Payment failed"), "new"
    ended = "ended", _("Ended"), "off"


class ReceiptKind(Choice):
    """What a receipt covers."""

    each = "each", _("One gift")
    yearly = "yearly", _("Gifts of a year")


class ReceiptStatus(Choice):
    """The states of a receipt."""

    issued = "issued", _("Issued"), "go"
    reissued = "reissued", _("Issued again"), "wait"
    cancelled = "cancelled", _("Receipt cancelled"), "off"


class ExpenseStatus(Choice):
    """The states of an expense."""

    draft = "draft", _("Draft"), "off"
    submitted = "submitted", _("Submitted"), "new"
    approved = "approved", _("Approved"), "go"
    paid = "paid", _("Paid"), "done"
    rejected = "rejected", _("Rejected"), "wait"
    void = "void", _("Void"), "off"


class Account(OpenChoice):
    """勘定科目, in which the books keep an expense."""

    travel = "travel", _("Travel expenses")
    communication = "communication", _("Communication expenses")
    supplies = "supplies", _("Supplies")
    rent = "rent", _("Rent")
    utilities = "utilities", _("Utilities")
    fees = "fees", _("Professional fees")
    medical = "medical", _("Medical expenses")
    support = "support", _("Support payments")
    meeting = "meeting", _("Meeting expenses")
    printing = "printing", _("Printing")
    wages = "wages", _("Wages")
    bank_fees = "bank_fees", _("Bank charges")
    loans = "loans", _("Loans given")
    sundry = "sundry", _("Sundry")


class BankLineStatus(Choice):
    """Whether a line of the bank's statement has found what it pays for."""

    unmatched = "unmatched", _("Not matched"), "new"
    candidate = "candidate", _("Candidate"), "wait"
    matched = "matched", _("Matched"), "done"
    ignored = "ignored", _("Not ours to match"), "off"
    split = "split", _("Split"), "done"  # type: ignore[assignment]  # a member, not str.split


class BankAccountType(Choice):
    """Kinds of bank accounts."""

    ordinary = "ordinary", _("Ordinary account")
    current = "current", _("Current account")
    postal = "postal", _("Postal transfer account")
