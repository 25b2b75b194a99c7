"""The states of DOMAIN 2.8: the moves in the code are these and no others, and each step can be taken back."""

from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.engine.browsing import words
from tests.factories import (
    a_case,
    a_deadline,
    a_donation,
    a_person,
    a_referral,
    a_stay,
    an_expense,
    an_inquiry,
    an_organisation,
)
from tomoiki.core.database import Base, db
from tomoiki.core.dates import now, today
from tomoiki.core.records import Record
from tomoiki.events.models import Attendee, Event, FollowUp, Registration
from tomoiki.money.bank import BankLine
from tomoiki.money.models import Donor, Pledge
from tomoiki.money.receipts import Receipt, ReceiptLine

Saved = Callable[..., int]

MOVES: Mapping[str, Mapping[str, str]] = {
    "inquiry": {
        "new": "responded duplicate spam",
        "responded": "linked info_only referred_out unreachable",
        "unreachable": "responded",
        "info_only": "linked",
    },
    "case": {
        "open": "active closed",
        "active": "waiting resolved closed",
        "waiting": "active",
        "resolved": "closed",
        "closed": "reopened",
        "reopened": "active",
    },
    "deadline": {"open": "done waived void", "missed": "done waived"},  # the night makes it missed
    "stay": {"reserved": "in cancelled no_show", "in": "out"},
    "referral": {
        "draft": "asked withdrawn",
        "asked": "accepted declined withdrawn",
        "accepted": "done withdrawn",
    },
    "registration": {
        "pending": "confirmed cancelled",
        "confirmed": "attended cancelled no_show",
        "waitlisted": "confirmed cancelled",
        "attended": "confirmed",
    },
    "event": {
        "draft": "published cancelled",
        "published": "closed held cancelled",
        "closed": "held published cancelled",
    },
    "donation": {"draft": "confirmed void", "confirmed": "void"},  # receipts and refunds do the rest
    "receipt": {"issued": "reissued cancelled", "reissued": "cancelled"},
    "expense": {
        "draft": "submitted void",
        "submitted": "approved rejected void",
        "approved": "paid void",
        "rejected": "draft void",
    },
    "pledge": {"active": "paused failed ended", "paused": "active ended", "failed": "active ended"},
    "bank_line": {
        "unmatched": "candidate matched split ignored",
        "candidate": "matched split unmatched ignored",
        "matched": "unmatched",
        "split": "unmatched",
        "ignored": "unmatched",
    },
    "follow_up": {"planned": "visited skipped", "skipped": "planned"},
}
BACK: Mapping[str, tuple[str, str, str]] = {  # of each machine a step: the list, from where, to where
    "inquiry": ("inquiries", "new", "spam"),
    "case": ("cases", "open", "active"),
    "deadline": ("deadlines", "open", "void"),
    "stay": ("stays", "reserved", "no_show"),
    "referral": ("referrals", "draft", "withdrawn"),
    "registration": ("registrations", "confirmed", "no_show"),
    "event": ("events", "draft", "published"),
    "donation": ("donations", "confirmed", "void"),
    "receipt": ("receipts", "issued", "reissued"),
    "expense": ("expenses", "submitted", "rejected"),
    "pledge": ("pledges", "active", "paused"),
    "follow_up": ("follow-ups", "planned", "skipped"),
}


def models() -> dict[str, type[Record]]:
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    found = (model for model in mapped if issubclass(model, Record) and model.__moves__)
    return {model.__tablename__: model for model in found}


def test_the_moves_are_those_of_the_table() -> None:
    moves = {
        name: {
            str(state.value): " ".join(to.value for to in after)
            for state, after in model.__moves__.allowed.items()
        }
        for name, model in models().items()
        if model.__moves__
    }

    assert moves == MOVES


def make(entity: str, status: str) -> Record:
    event = Event(number="E1", kind="study", title_ja="会", starts_at=now())
    case = a_case(owner_id=2)
    makers: Mapping[str, Callable[[], Record]] = {
        "inquiry": an_inquiry,
        "case": a_case,
        "deadline": lambda: a_deadline(case=case),
        "stay": lambda: a_stay(case=case, person=a_person()),
        "referral": lambda: a_referral(case=case),
        "registration": lambda: Registration(event=event, attendee=Attendee(name="花子")),
        "event": lambda: event,
        "donation": a_donation,
        "receipt": lambda: Receipt(number="R1", donor=Donor(code="N1", name="甲"), year=today().year),
        "expense": an_expense,
        "pledge": lambda: Pledge(donor=Donor(code="N1", name="甲"), amount=3000),
        "follow_up": lambda: FollowUp(event=event, organisation=an_organisation(), due_on=today()),
    }
    record = makers[entity]()
    record.status = status  # type: ignore[attr-defined]  # all of these have one
    return record


def status_of(app: Flask, entity: str, key: int) -> str:
    with app.app_context():
        return str(db.session.get_one(models()[entity], key).status.value)  # type: ignore[attr-defined]


@pytest.mark.storage
@pytest.mark.parametrize("entity", BACK)
def test_a_step_of_each_machine_is_taken_back_with_a_reason(
    entity: str, app: Flask, login: Callable[[str], FlaskClient], saved: Saved
) -> None:
    slug, before, after = BACK[entity]
    record = make(entity, before)
    certified = [ReceiptLine(receipt=record, donation=a_donation())] if isinstance(record, Receipt) else []
    key, admin = saved(record, *certified), login("admin")
    with app.app_context():
        db.session.get_one(models()[entity], key).status = after  # type: ignore[attr-defined]
        db.session.commit()

    without = admin.post(f"/{slug}/{key}/step-back", data={}).status_code
    answer = admin.post(f"/{slug}/{key}/step-back", data={"reason": "押し間違い"})

    assert (without, answer.status_code) == (422, 303)
    assert status_of(app, entity, key) == before


def test_lines_of_the_bank_are_taken_back_by_the_treasurer_alone(
    login: Callable[[str], FlaskClient], saved: Saved
) -> None:
    key = saved(BankLine(amount_in=3000, match_status="matched"))

    assert login("admin").get(f"/bank-lines/{key}/step-back").status_code == 403
    assert login("treasurer").get(f"/bank-lines/{key}/move?to=unmatched").status_code == 200


def test_what_was_held_is_not_taken_back(
    app: Flask, login: Callable[[str], FlaskClient], saved: Saved
) -> None:
    admin = login("admin")
    admin.get("/lang/en")
    key = saved(make("event", "published"))
    admin.post(f"/events/{key}/move", data={"to": "held"})

    answer = admin.post(f"/events/{key}/step-back", data={"reason": "押し間違い"})

    assert (answer.status_code, status_of(app, "event", key)) == (422, "held")
    assert "What was held cannot be taken back." in words(answer)
