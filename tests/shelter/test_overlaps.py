"""When two stays are in each other's way: half-open nights, and an open end goes on for ever."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tomoiki.shelter.rules import Span

DAYS = st.dates(date(2026, 1, 1), date(2026, 2, 10))
SPANS = st.builds(
    lambda first, nights: Span(first, None if nights is None else first + timedelta(days=nights)),
    DAYS,
    st.none() | st.integers(0, 20),
)


def nights(span: Span) -> set[date]:
    end = span.end or date(2026, 12, 31)
    return {span.first + timedelta(days=n) for n in range((end - span.first).days)}


@given(SPANS, SPANS)
def test_they_overlap_exactly_when_they_share_a_night(one: Span, other: Span) -> None:
    assert one.overlaps(other) == bool(nights(one) & nights(other))


@given(SPANS, SPANS)
def test_it_does_not_matter_which_was_first(one: Span, other: Span) -> None:
    assert one.overlaps(other) == other.overlaps(one)


def test_one_leaves_and_another_comes_on_the_same_day() -> None:
    assert not Span(date(2026, 1, 1), date(2026, 1, 5)).overlaps(Span(date(2026, 1, 5)))
