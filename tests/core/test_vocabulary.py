"""Choice lists: codes with labels, and the days on which a code may be newly chosen."""

from datetime import date

import pytest

from tomoiki.core.vocabulary import Choice, OpenChoice, choice_of, find_choice
from tomoiki.core.wordings import chooseable


class Door(Choice):
    open = "open", "Open", "go"
    shut = "shut", "Shut"


class Work(OpenChoice):
    training = "training", "Trainee", "", None, date(2027, 3, 31)
    development = "development", "Developer", "info", date(2027, 4, 1)
    other = "other", "Other"


def test_a_choice_is_its_code() -> None:
    assert Door.open == "open"
    assert str(Door.open) == "open"
    assert Door("shut") is Door.shut


def test_a_choice_has_a_label_and_perhaps_a_tone() -> None:
    assert (Door.open.label, Door.open.tone) == ("Open", "go")
    assert (Door.shut.label, Door.shut.tone) == ("Shut", "")
    assert (Work.development.label, Work.development.tone) == ("Developer", "info")


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2027, 3, 31), ["training", "other"]),
        (date(2027, 4, 1), ["development", "other"]),
    ],
)
def test_a_code_is_offered_on_its_days_only(day: date, codes: list[str]) -> None:
    assert [one.value for one in chooseable(Work, day)] == codes


def test_a_closed_list_is_always_offered_whole() -> None:
    assert [one.value for one in chooseable(Door, date(1999, 1, 1))] == ["open", "shut"]


def test_a_code_that_must_exist_is_looked_up() -> None:
    assert choice_of(Work, "other") is Work.other
    with pytest.raises(KeyError):
        choice_of(Work, "nothing")


@pytest.mark.parametrize(("code", "found"), [("open", Door.open), ("ajar", None), (None, None)])
def test_a_code_is_looked_up(code: str | None, found: Door | None) -> None:
    assert find_choice(Door, code) is found
