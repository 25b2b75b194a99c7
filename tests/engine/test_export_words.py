"""What leaves in words is understood when it comes back: headers, labels of codes, yes and no, in all languages."""

import pytest
from flask import Flask
from flask_babel import force_locale

from admin_views import SCREENS
from admin_views.engine.arguments import Arguments
from admin_views.engine.export_cells import BETWEEN, cells_of
from admin_views.engine.exporting import plan_export
from admin_views.engine.office import look_as
from admin_views.engine.screen import Screen
from tomoiki.core.access import SYSTEM_VIEWER
from tomoiki.core.fields import Field, fields_of
from tomoiki.core.languages import LANGUAGES
from tomoiki.core.ledgers import find_meaning

FIELDS = {
    f"{screen.slug}.{name}": what for screen in SCREENS for name, what in fields_of(screen.model).items()
}
IN_LISTS = {name: what for name, what in FIELDS.items() if what.choices}


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("what", IN_LISTS.values(), ids=IN_LISTS)
def test_each_word_of_a_list_means_its_code_again(what: Field, locale: str, app: Flask) -> None:
    choices = what.choices
    assert choices is not None
    codes = [member.value for member in choices]

    with app.app_context(), force_locale(locale):
        words = cells_of(what)(codes)
        meanings = [find_meaning(choices, word) for word in words]

    assert [meaning.code if meaning else None for meaning in meanings] == codes
    assert not (what.is_plural and BETWEEN in "".join(words))


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.slug)
def test_no_two_columns_have_one_header(screen: Screen, locale: str, app: Flask) -> None:
    with app.app_context(), force_locale(locale):
        look_as(SYSTEM_VIEWER)
        headers = plan_export(screen, Arguments()).headers

    assert len(set(headers)) == len(headers) > 1
    assert headers[0] == "id"
