"""How floor pages write ages and durations."""

import pytest

from shopfloor.engine.transfer import TransferState as EngineState
from shopfloor.models import TransferState
from shopfloor.templatetags.floor import hex32, in_words, minutes, span


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (3600, "60 min ago"),
        (7200, "2 h ago"),
        (200_000, "2 days ago"),
    ],
)
def test_an_age_is_told_as_people_say_it(seconds, words):
    assert in_words(seconds) == words


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (460, "7:40"), (4060, "1:07:40")])
def test_a_cycle_reads_like_a_stopwatch(seconds, shown):
    assert minutes(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(40, "40 s"), (480, "8 min"), (8100, "2 h 15 min"), (273_600, "3 days 4 h"), (86_400, "1 day")],
)
def test_a_span_has_the_two_units_that_matter(seconds, shown):
    assert span(seconds) == shown


def test_a_checksum_is_written_in_two_groups():
    assert hex32(0x9A310C5E) == "9A31 0C5E"


def test_tables_and_engine_know_the_same_states():
    assert set(TransferState.values) == {state.value for state in EngineState}
