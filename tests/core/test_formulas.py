"""Nothing that leaves runs as a formula, and everything comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tomoiki.core.formulas import disarmed, rearmed


@pytest.mark.parametrize("text", ["=1+1", "+81", "-5", "@SUM(A1)", "\tx", "\rx", "'=1", "''@"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert disarmed(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "'tis", "T2026-0142", " =1", "＝1"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert disarmed(text) == text


@given(st.text(alphabet="'=+-@\t\ra", max_size=6) | st.text())
def test_every_text_comes_back(text: str) -> None:
    assert rearmed(disarmed(text)) == text
