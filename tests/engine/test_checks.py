"""Declarations are checked when the application starts: every fault at once, each in one line."""

from dataclasses import replace
from typing import Any

import pytest
from flask_babel import lazy_gettext as _

from admin_views import SCREENS
from admin_views.cases import CASES
from admin_views.engine.checks import ScreenFaults, check_screens
from admin_views.engine.screen import Related, Screen
from admin_views.people import PEOPLE
from tomoiki.accounts.models import User
from tomoiki.cases.models import Activity


def faults(*screens: Screen) -> list[str]:
    with pytest.raises(ScreenFaults) as found:
        check_screens(screens)
    return str(found.value).split("\n")


def test_the_offices_own_screens_have_no_fault() -> None:
    check_screens(SCREENS)


@pytest.mark.parametrize("place", ["list", "phone", "filters", "total", "facts", "tags", "form"])
def test_a_misspelt_field_is_told_with_what_was_meant(place: str) -> None:
    misspelt = replace(CASES, **{place: (*getattr(CASES, place)[:3], "titel")})

    assert f"cases: {place}: no field 'titel' in Case; did you mean 'title'?" in faults(misspelt)


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"labels": {"titel": _("Title")}}, "cases: labels: no field 'titel' in Case; did you mean 'title'?"),
        ({"synonyms": {"titel": ()}}, "cases: synonyms: no field 'titel' in Case; did you mean 'title'?"),
        ({"list": ("zzzz",)}, "cases: list: no field 'zzzz' in Case"),
        ({"sort": "-titel"}, "cases: sort: no field 'titel' in Case; did you mean 'title'?"),
        ({"sort": "person"}, "cases: sort: 'person' is no single column of Case"),
        ({"sort": "categories"}, "cases: sort: 'categories' is no single column of Case"),
        ({"sort": "priority"}, "cases: sort: 'priority' has no index; declare one that begins with it in case"),
        ({"list": ("categories",)}, "cases: list: the first column leads to the record, 'categories' has several values"),
        ({"filters": ("story",)}, "cases: filters: 'story' is free text or secret; search finds it, a filter cannot"),
        ({"filters": ("title",)}, "cases: filters: 'title' is free text or secret; search finds it, a filter cannot"),
        ({"filters": ("number2",)}, "cases: filters: no field 'number2' in Case; did you mean 'number'?"),
        ({"start": "status=open&owner=1&priority=now"}, "cases: start: 'priority' is no filter of this list"),
        ({"filters": ("priority",)}, "cases: filters: the table is big and 'priority' has no index"),
        ({"form": ("title",)}, "cases: form: required field 'person' is not on the form, so no record could be made"),
        ({"facts": ("title",) * 6}, "cases: facts: at most 5, there are 6"),
        ({"related": (Related(Activity, ("nte",)),)}, "cases: related: no field 'nte' in Activity; did you mean 'note'?"),
        ({"related": (Related(Activity, compose=("zzzz",)),)}, "cases: related: no field 'zzzz' in Activity"),
        ({"importable": ("titel",)}, "cases: importable: no field 'titel' in Case; did you mean 'title'?"),
        ({"importable": ("activity.zzzz",)}, "cases: importable: no field 'zzzz' in Activity"),
        ({"importable": ("owner.zzzz.name",)}, "cases: importable: no record is reached by 'owner.zzzz.name'"),
        ({"only": {"titel": "x"}}, "cases: only: no field 'titel' in Case; did you mean 'title'?"),
        ({"slug": "login"}, "login: this address belongs to another page"),
    ],
)  # fmt: skip
def test_each_fault_is_one_clear_line(wrong: dict[str, Any], line: str) -> None:
    assert faults(replace(CASES, groups=(), **wrong)) == [line]


def test_several_values_need_a_row_of_their_own() -> None:
    form = (*(row for row in CASES.form if row != "categories"), ("priority", "categories"))

    assert faults(replace(CASES, form=form)) == [
        "cases: form: 'categories' has several values and needs a row of its own"
    ]


def test_a_secret_never_stands_in_a_list_or_filter() -> None:
    found = faults(replace(PEOPLE, list=(*PEOPLE.list, "passport_no"), filters=("passport_no",)))

    assert found == [
        "people: list: 'passport_no' is secret (S2) and never stands in a list",
        "people: filters: 'passport_no' is free text or secret; search finds it, a filter cannot",
    ]


def test_a_filter_named_like_an_argument_of_every_list_is_a_fault() -> None:
    assert "people: filters: 'page' is an argument of every list" in faults(
        replace(PEOPLE, filters=("page",))
    )


def test_a_related_table_that_points_here_twice_must_say_by_what() -> None:
    users = next(screen for screen in SCREENS if screen.model is User)
    found = faults(replace(users, related=(Related(Activity, list=("type",)),)))

    assert found == ["users: related: say which field of Activity points here (by=['by', 'interpreter'])"]


def test_all_faults_of_all_screens_are_told_at_once() -> None:
    found = faults(replace(CASES, sort="titel", list=("titel",)), replace(PEOPLE, sort="zzzz"), PEOPLE)

    assert [line.split(":")[0] for line in found] == ["cases", "cases", "people", "people"]
    assert found[-1] == "people: two screens have this slug"


def test_a_screen_that_makes_no_records_needs_no_required_field() -> None:
    check_screens([replace(CASES, form=("title",), creates=False)])


def test_a_part_of_a_table_may_leave_out_what_it_says() -> None:
    check_screens([screen for screen in SCREENS if screen.only])


def test_a_table_without_the_field_is_no_child() -> None:
    assert faults(replace(PEOPLE, importable=("fund.name",)))[0].endswith(
        "no record is reached by 'fund.name'"
    )
    check_screens([replace(PEOPLE, importable=("case.title",), synonyms={"case.title": ()})])
