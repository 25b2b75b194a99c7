"""Vocabularies of deadlines (DOMAIN 2.2, 2.8, 5.2)."""

from flask_babel import lazy_gettext as _

from tomoiki.core.vocabulary import Choice, OpenChoice


class FactKind(OpenChoice):
    """What happened: by these names the rules know what they count from."""

    left_on = "left_on", _("Left the company or school")
    ended_on = "ended_on", _("Work contract ended")
    new_contract_on = "new_contract_on", _("New work contract")
    joined_on = "joined_on", _("Joined a company or school")
    last_activity_on = "last_activity_on", _("Last day of work or school")
    insurance_lost_on = "insurance_lost_on", _("Lost health insurance")
    moved_on = "moved_on", _("Moved house")
    told_on = "told_on", _("Was told of the dismissal")
    payday = "payday", _("Payday without pay")
    learned_on = "learned_on", _("Noticed the loss of the card")
    known_on = "known_on", _("Learned of a decision")
    notified_on = "notified_on", _("Was notified of a finding")
    absent_on = "absent_on", _("Absent after an accident or illness")
    paid_on = "paid_on", _("Paid costs of an accident")
    healed_on = "healed_on", _("Condition became stable")
    treated_on = "treated_on", _("Treated at high cost")
    start_on = "start_on", _("New job began")
    changed_on = "changed_on", _("Name or nationality changed")
    landed_on = "landed_on", _("Landed in Japan")
    divorce_on = "divorce_on", _("Divorce")
    separated_on = "separated_on", _("Separated from the spouse")
    death_on = "death_on", _("Death")
    confirmed_on = "confirmed_on", _("Pregnancy confirmed")
    due_date = "due_date", _("Expected day of birth")
    birth_date = "birth_date", _("Birth of a child")
    leave_end = "leave_end", _("Leave ended")
    left_japan_on = "left_japan_on", _("Left Japan")
    insured_lost_on = "insured_lost_on", _("Left the pension scheme")
    lump_paid_on = "lump_paid_on", _("Lump sum paid out")
    received_on = "received_on", _("Received a written decision")
    order_deadline = "order_deadline", _("Day to leave, as printed in the order")
    contract_end_on = "contract_end_on", _("Contract ended, for the employer's notice")


class FactSource(OpenChoice):
    """How the office knows of a fact."""

    told = "told", _("Told by the person")
    paper = "paper", _("Seen on paper")
    employer = "employer", _("Told by the employer")
    authority = "authority", _("Told by an authority")
    expert = "expert", _("Told by an expert")


class RuleCalc(Choice):
    """The arithmetic of a rule; the numbers stand in its row."""

    date = "date", _("The date itself")
    period = "period", _("A period from the day")
    stay_period = "stay_period", _("A period of stay, careful reading")
    early_period = "early_period", _("A period, safe one day earlier")
    months_before = "months_before", _("Months before the day")
    days_before = "days_before", _("Days before the day")
    special_period = "special_period", _("Special period, or until decided")
    ssw_total = "ssw_total", _("Total of the stays as specified skilled worker")
    child_insurance = "child_insurance", _("Insurance of a child")
    wage = "wage", _("Wage claim by its payday")
    benefit = "benefit", _("Benefit by its day or month")
    year_end = "year_end", _("End of the year, years later")
    leave_after = "leave_after", _("Leave after birth")
    appeal = "appeal", _("Appeal, and second appeal")


class Unit(Choice):
    """What a length counts."""

    day = "day", _("Days")
    month = "month", _("Months")
    year = "year", _("Years")


class HolidayRule(Choice):
    """What happens when the last day is one on which offices are closed."""

    none = "none", _("It stays that day")
    next_open = "next_open", _("It moves to the next open day")
    warn_prev = "warn_prev", _("It stays; warn of the open day before")


class DeadlineStatus(Choice):
    """The states of a deadline; which may follow which stands in Deadline.__moves__."""

    open = "open", _("Running"), "go"
    done = "done", _("Done"), "done"
    waived = "waived", _("Not needed"), "off"
    missed = "missed", _("Missed"), "new"
    void = "void", _("Void, its cause is gone"), "off"
