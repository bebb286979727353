"""The transition table and the arithmetic of sequence numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.engine.transfer import TRANSITIONS, TransferState, is_newer, permitted, sequence_word

numbers = st.integers(1, 10**7)


def test_every_state_has_its_row():
    assert set(TRANSITIONS) == set(TransferState)


def test_what_is_done_or_refused_stays_so():
    assert not TRANSITIONS[TransferState.DONE]
    assert not TRANSITIONS[TransferState.REFUSED]


def test_nothing_that_was_acknowledged_is_ever_sent_again():
    reached, frontier = set(), {TransferState.ACKNOWLEDGED}
    while frontier:
        reached |= frontier
        frontier = {target for state in frontier for target in TRANSITIONS[state]} - reached

    assert reached.isdisjoint({TransferState.PENDING, TransferState.STAGED, TransferState.COMMITTED})


def test_doubt_arises_only_from_a_commit():
    before = {state for state in TransferState if permitted(state, TransferState.UNKNOWN)}

    assert before == {TransferState.COMMITTED}


@given(numbers, st.integers(1, 32767))
def test_a_later_number_is_newer_and_never_older(number, ahead):
    earlier, later = sequence_word(number), sequence_word(number + ahead)

    assert is_newer(later, earlier)
    assert not is_newer(earlier, later)
    assert not is_newer(later, later)


@given(numbers)
def test_the_register_never_shows_zero_for_a_number(number):
    assert 1 <= sequence_word(number) <= 0xFFFF
    assert sequence_word(number + 65535) == sequence_word(number)


def test_any_number_is_newer_than_none():
    assert is_newer(40000, 0)
    assert not is_newer(0, 0)


def test_numbers_begin_at_one():
    with pytest.raises(ValueError, match="1 or more"):
        sequence_word(0)
