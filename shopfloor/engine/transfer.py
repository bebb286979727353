"""The states of a recipe transfer and the one table of how they follow each other."""

from collections.abc import Mapping
from enum import StrEnum


class TransferState(StrEnum):
    """How far a control recipe has come on its way into a controller."""

    PENDING = "PENDING"  # nothing on the controller that could run
    STAGED = "STAGED"  # words written into the staging block, where they cannot run
    VERIFIED = "VERIFIED"  # read back and found equal
    COMMITTED = "COMMITTED"  # the sequence number is about to go out, or has gone out
    ACKNOWLEDGED = "ACKNOWLEDGED"  # the controller said it has taken exactly this recipe
    RUNNING = "RUNNING"
    DONE = "DONE"
    REFUSED = "REFUSED"
    UNKNOWN = "UNKNOWN"  # it may or may not have been taken: only a reading of the controller tells


_STATE = TransferState

TRANSITIONS: Mapping[TransferState, frozenset[TransferState]] = {
    # Staging and read-back change nothing that can run, so a gateway may record them together with the commit.
    _STATE.PENDING: frozenset({_STATE.STAGED, _STATE.VERIFIED, _STATE.COMMITTED, _STATE.REFUSED}),
    _STATE.STAGED: frozenset({_STATE.VERIFIED, _STATE.COMMITTED, _STATE.PENDING, _STATE.REFUSED}),
    _STATE.VERIFIED: frozenset({_STATE.COMMITTED, _STATE.PENDING, _STATE.REFUSED}),
    # From here on nothing may go back to PENDING unless the controller itself said that it took nothing.
    _STATE.COMMITTED: frozenset(
        {_STATE.ACKNOWLEDGED, _STATE.REFUSED, _STATE.UNKNOWN, _STATE.PENDING, _STATE.RUNNING, _STATE.DONE}
    ),
    _STATE.UNKNOWN: frozenset({_STATE.ACKNOWLEDGED, _STATE.REFUSED, _STATE.PENDING, _STATE.RUNNING, _STATE.DONE}),
    _STATE.ACKNOWLEDGED: frozenset({_STATE.RUNNING, _STATE.DONE, _STATE.REFUSED}),
    _STATE.RUNNING: frozenset({_STATE.DONE, _STATE.REFUSED}),
    _STATE.DONE: frozenset(),
    _STATE.REFUSED: frozenset(),
}


def permitted(present: str, following: str) -> bool:
    """Whether a transfer in state `present` may become `following`; ValueError for what is no state."""
    return TransferState(following) in TRANSITIONS[TransferState(present)]


LAST_SEQUENCE_WORD = 0xFFFF


def sequence_word(number: int) -> int:
    """The register value, 1 to 65535, that stands for the transfer number `number` (1, 2, 3 ...) of a channel.

    Numbers never repeat in the database; the register is a single 16-bit word so that no controller can see
    half of it, and wraps from 65535 to 1. Zero means that no number was ever taken.
    """
    if number < 1:
        raise ValueError(f"a sequence number is 1 or more, not {number}")
    return (number - 1) % LAST_SEQUENCE_WORD + 1


def is_newer(word: int, than: int) -> bool:
    """Whether sequence word `word` follows `than`, by the shorter way round (as RFC 1982 does for serial numbers)."""
    if than == 0:
        return word != 0
    return 0 < (word - than) % LAST_SEQUENCE_WORD <= LAST_SEQUENCE_WORD // 2
