"""What a model says of its fields becomes columns, references and link tables, and can be asked for."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.factories import a_case, a_donation, a_person, an_activity
from tomoiki.cases.lists import CaseCategory, CaseStatus
from tomoiki.cases.models import Activity, Case, CaseStaff
from tomoiki.core.database import EncryptedText, Moment
from tomoiki.core.fields import Described, fields_of, model_named, table_name
from tomoiki.events.models import Event, Registration
from tomoiki.money.models import Donation
from tomoiki.people.models import Person, ResidenceStatus


def column(model: type[Described], name: str) -> sa.Column[Any]:
    return model.__table__.c[name]


@pytest.mark.parametrize(
    ("model", "name", "kind", "required"),
    [
        (Person, "code", "text", True),
        (Person, "full_name_vi", "text", False),
        (Person, "birth_date", "day", False),
        (Person, "birth_year", "integer", False),
        (Person, "safe_contact", "long", False),
        (Person, "consent_at", "moment", False),
        (Person, "nationality", "choice", False),  # has a default
        (Person, "consent_scope", "codes", False),
        (Case, "status", "choice", False),
        (Case, "person", "ref", True),
        (Case, "reopened_from", "ref", False),  # written as "Case | None"
        (CaseStaff, "role", "choice", True),
        (CaseStaff, "may_contact", "flag", False),  # not ticked is an answer
        (Activity, "persons", "refs", False),
        (Donation, "amount", "yen", True),
        (Donation, "received_on", "day", False),
        (Registration, "answers", "json", False),
        (Event, "form_fields", "json", False),
    ],
)
def test_a_field_knows_its_kind_and_whether_it_must_be_filled(
    model: type[Described], name: str, kind: str, required: bool
) -> None:
    field = fields_of(model)[name]

    assert (field.name, field.kind, field.required) == (name, kind, required)
    assert field.is_plural == (kind in ("codes", "refs"))


def test_fields_stand_in_the_order_of_their_declaration() -> None:
    assert list(fields_of(Activity))[:4] == ["case", "inquiry", "at", "type"]


def test_a_reference_knows_what_it_points_at() -> None:
    targets = {name: field.target for name, field in fields_of(Case).items() if field.kind == "ref"}

    assert targets["person"] == "Person"
    assert targets["reopened_from"] == "Case"
    assert fields_of(Activity)["persons"].target == "Person"
    assert model_named("Person") is Person


def test_a_list_of_codes_knows_its_choices() -> None:
    assert fields_of(Case)["status"].choices is CaseStatus
    assert fields_of(Case)["primary_category"].choices is CaseCategory
    assert fields_of(Case)["categories"].choices is CaseCategory


@pytest.mark.parametrize(
    ("class_name", "table"), [("Person", "person"), ("CaseStaff", "case_staff"), ("DonorURL", "donor_url")]
)
def test_a_table_is_named_after_its_class(class_name: str, table: str) -> None:
    assert table_name(class_name) == table


@pytest.mark.parametrize(
    ("model", "name", "kind", "nullable"),
    [
        (Person, "full_name_vi", sa.String, True),
        (Person, "code", sa.String, False),
        (Person, "passport_no", EncryptedText, True),
        (Person, "safe_contact", EncryptedText, True),
        (Person, "emergency_contact", sa.Text, True),
        (Person, "consent_at", Moment, True),
        (Person, "birth_date", sa.Date, True),
        (Person, "birth_year", sa.Integer, True),
        (Case, "status", sa.Enum, False),
        (Case, "priority", sa.String, True),
        (Case, "person_id", sa.Integer, False),
        (Case, "owner_id", sa.Integer, True),
        (CaseStaff, "may_contact", sa.Boolean, False),
        (Registration, "answers", sa.JSON, True),
        (Event, "form_fields", sa.JSON, True),
    ],
)
def test_a_field_becomes_a_column(model: type[Described], name: str, kind: type, nullable: bool) -> None:
    assert type(column(model, name).type) is kind
    assert column(model, name).nullable is nullable


def test_a_reference_is_a_key_with_an_index_of_its_own() -> None:
    (key,) = column(Case, "person_id").foreign_keys

    assert key.target_fullname == "person.id"
    assert column(Case, "person_id").index is True
    assert column(CaseStaff, "user_id").index is False  # a wider index serves it


@pytest.mark.parametrize(("model", "rule"), [(Case, "RESTRICT"), (ResidenceStatus, "CASCADE")])
def test_a_reference_says_what_deleting_its_target_does(model: type[Described], rule: str) -> None:
    (key,) = column(model, "person_id").foreign_keys

    assert key.ondelete == rule


@pytest.mark.storage
@pytest.mark.parametrize(
    ("record", "constraint"),
    [
        (lambda: a_donation(amount=0), "ck_donation_amount"),
        (lambda: an_activity(minutes=1441), "ck_activity_minutes"),
        (lambda: a_person(full_name_vi=None), "ck_person_a_name"),
    ],
    ids=["amount", "minutes", "name"],
)
def test_the_database_holds_the_rules_that_a_field_declares(
    session: Session, record: Any, constraint: str
) -> None:
    session.add(record())

    with pytest.raises(IntegrityError, match=constraint):
        session.flush()


@pytest.mark.storage
def test_codes_are_a_plain_list(session: Session) -> None:
    session.add(case := a_case(categories=["wage_unpaid", "dismissal"]))
    session.flush()
    session.expire(case)

    assert list(case.categories) == ["dismissal", "wage_unpaid"]


@pytest.mark.storage
def test_codes_can_be_replaced(session: Session) -> None:
    session.add(case := a_case(categories=["wage_unpaid", "dismissal"]))
    session.flush()

    case.categories = ["wage_unpaid", "pregnancy"]
    session.flush()

    assert session.scalars(sa.text("SELECT code FROM case_category ORDER BY code")).all() == [
        "pregnancy",
        "wage_unpaid",
    ]


@pytest.mark.storage
def test_codes_go_with_their_record(session: Session) -> None:
    session.add(case := a_case(categories=["wage_unpaid"]))
    session.flush()

    session.delete(case)
    session.flush()

    assert session.scalar(sa.text("SELECT count(*) FROM case_category")) == 0


@pytest.mark.storage
def test_a_record_refers_to_several_others(session: Session) -> None:
    people = [a_person(), a_person()]
    session.add(activity := an_activity(persons=people))
    session.flush()
    session.expire(activity)

    assert set(activity.persons) == set(people)


@pytest.mark.storage
def test_whoever_is_referred_to_cannot_be_deleted(session: Session) -> None:
    session.add(activity := an_activity(persons=[a_person()]))
    session.flush()

    with pytest.raises(IntegrityError):
        session.execute(sa.delete(Person).where(Person.id == activity.persons[0].id))
