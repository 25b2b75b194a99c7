"""What README, changelog and decisions promise is there."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_views import help_pages
from tests.browser.pages import PAGES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("tomoiki", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if path.name != Path(__file__).name
)
TARGETS = re.findall(r"^([a-z-]+):.*## (.+)$", MAKEFILE, re.MULTILINE)
VARIABLES = set(re.findall(r"`([A-Z_]+)`", README.partition("| variable |")[2]))
READ_FROM_ENVIRONMENT = re.compile(r"environ(?:\.get\(|\[)[\"']([A-Z_]+)[\"']")


def test_the_make_commands_of_the_readme_exist() -> None:
    named = set(re.findall(r"\bmake ([a-z-]+)", README)) - {"run` calls"}

    assert {"run", "test", "demo"} <= named <= {name for name, _ in TARGETS}


def test_make_alone_lists_every_target_in_a_line() -> None:
    every = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)) - {"chromium"}  # a part of `test`

    assert MAKEFILE.startswith(".DEFAULT_GOAL := help\n")
    assert {name for name, _ in TARGETS} == every
    assert all(len(words) < 90 for _, words in TARGETS)


def test_the_flask_commands_of_the_readme_exist(app: Flask) -> None:
    runner = app.test_cli_runner()

    for command in re.findall(r"`flask --app app ([a-z]+(?: (?:add|list|upgrade)\b)?)", README):
        answer = runner.invoke(args=[*command.split(), "--help"])
        assert answer.exit_code == 0, command


def test_every_environment_variable_is_in_the_readme() -> None:
    read = set(READ_FROM_ENVIRONMENT.findall(CODE)) | {
        "SECRET_KEY",
        "TOMOIKI_DATA_KEY",
    }  # read by their names
    of_others = {"CI", "PATH", "BENCH_HOME"}

    assert read - of_others == VARIABLES


def test_what_the_readme_links_to_exists() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)

    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_why_in_one_page(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= 40
    assert text.startswith(f"# {path.stem[:4]} ")
    parts = re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE)
    assert parts == ["Context", "Decision", "Consequences", "Rejected"]


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(path.stem[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_the_changelog_keeps_its_form() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    kinds = set(re.findall(r"^### (.+)$", changelog, re.MULTILINE))

    assert "\n## Unreleased\n" in changelog
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_ci_runs_what_everybody_runs() -> None:
    script = ROOT / ".ci" / "run"

    assert script.read_text(encoding="utf-8").splitlines()[-1] == "exec make test"
    assert os.access(script, os.X_OK)


GUIDES = sorted((ROOT / "docs").glob("guide.*.md"))
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_the_pictures_of_a_guide_are_there_and_are_made_anew_by_make_screens(path: Path) -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", path.read_text(encoding="utf-8"))

    assert pictures
    assert [one for one in pictures if not (path.parent / one).exists()] == []
    assert [one for one in pictures if Path(one).stem.rpartition("-")[0] not in PAGES] == []


def test_every_kind_of_page_has_its_pictures_and_all_together_are_light() -> None:
    folder = ROOT / "docs" / "screens"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    pictures = {picture.name: picture.stat().st_size for picture in folder.glob("*.png")}

    assert {f"{name}-{look}.png" for name in PAGES for look in ("ja", "vi", "dark")} == pictures.keys()
    assert [name for name in pictures if f"({name})" not in listed] == []
    assert sum(pictures.values()) < 12_000_000


@pytest.mark.parametrize("speaks", help_pages.GUIDES)
def test_every_screen_has_its_chapter_in_the_guide(speaks: str, app: Flask) -> None:
    told = [slug for part in help_pages.guide(speaks) for slug in part.slugs]
    screens = set(app.extensions["tomoiki_office"].screens)

    assert screens - set(told) == set()
    assert set(told) - screens <= {"home", "account", "permissions", "vocabularies", "import", "backup"}
    assert len(told) == len(set(told))


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "SOSを受ける"), ("vi", "Hồ sơ của bạn"), ("en", "Keys")]
)
def test_the_help_button_opens_the_chapter_of_its_page(
    language: str, words: str, login: Callable[[str], FlaskClient]
) -> None:
    client = login("caseworker")
    client.get(f"/lang/{language}")
    page = client.get("/cases/").text

    assert 'href="/help/?of=cases"' in page
    assert words in client.get("/help/?of=cases").text
    assert client.get("/help/screens/case-ja.png").status_code == 200
    assert client.get("/help/screens/..%2f..%2fapp.py").status_code == 404


def test_the_guide_is_for_those_who_log_in(client: FlaskClient) -> None:
    assert client.get("/help/").location == "/login?next=/help/"
    assert client.get("/help/screens/case-ja.png").status_code == 404


def test_the_commands_and_variables_of_the_operations_exist(app: Flask) -> None:
    runner = app.test_cli_runner()

    for command in set(re.findall(r"flask --app app ([a-z-]+(?: upgrade)?)", OPERATIONS)):
        assert runner.invoke(args=[*command.split(), "--help"]).exit_code == 0, command
    assert set(re.findall(r"\b((?:TOMOIKI_|DATABASE_|SECRET_)[A-Z_]+)=?", OPERATIONS)) <= VARIABLES
    assert set(re.findall(r"\bmake ([a-z-]+)", OPERATIONS)) - {"the"} <= {name for name, _ in TARGETS}
