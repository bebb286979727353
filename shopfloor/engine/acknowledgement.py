"""The controller's answers to a committed recipe."""

from enum import IntEnum


class AckCode(IntEnum):
    """Numbers of the acknowledgement register; 0 means that nothing was answered yet."""

    NONE = 0
    ACCEPTED = 1
    BAD_CRC = 2
    LOCKED = 3
    BAD_LENGTH = 4
    BUSY = 5
    BAD_HEADER = 6
    BAD_VERSION = 7
    OUT_OF_LIMITS = 8
    DUPLICATE_JOB = 9
    STALE_SEQUENCE = 10
    EVENTS_FULL = 11

    @property
    def sentence(self) -> str:
        """The answer in words for the person at the line."""
        return _SENTENCES[self]


# The same recipe may be accepted later without anybody changing it. BAD_CRC and BAD_HEADER are what a restart
# between read-back and commit leaves behind: staging and header are gone. DUPLICATE_JOB is not among them: the
# recipe has been taken before.
_PASSING = frozenset(
    {
        AckCode.BAD_CRC,
        AckCode.LOCKED,
        AckCode.BUSY,
        AckCode.BAD_HEADER,
        AckCode.STALE_SEQUENCE,
        AckCode.EVENTS_FULL,
    }
)

_SENTENCES = {
    AckCode.NONE: "The controller has not answered.",
    AckCode.ACCEPTED: "The controller has taken the recipe.",
    AckCode.BAD_CRC: "The staged words do not match the checksum in the header.",
    AckCode.LOCKED: "The station is locked at its panel.",
    AckCode.BAD_LENGTH: "The length in the header is zero or beyond the staging block.",
    AckCode.BUSY: "The station is not idle.",
    AckCode.BAD_HEADER: "The header is missing or holds an unknown command.",
    AckCode.BAD_VERSION: "The header was written for another version of the register map.",
    AckCode.OUT_OF_LIMITS: "A value lies outside the machine's own limits.",
    AckCode.DUPLICATE_JOB: "This job has been taken before; a recipe runs at most once.",
    AckCode.STALE_SEQUENCE: "The sequence number is older than one the controller has already seen.",
    AckCode.EVENTS_FULL: "The event ring has no room for the reports of another run.",
}


def is_passing(code: int) -> bool:
    """Whether a refusal under this number may pass by itself; a number the register map does not know does not."""
    return code in _PASSING


def ack_sentence(code: int) -> str:
    """The sentence of an acknowledgement register's value, also of one the register map does not know."""
    try:
        return AckCode(code).sentence
    except ValueError:
        return f"The controller answered with the unknown code {code}."
