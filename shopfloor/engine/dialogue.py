"""Requests to a controller as values, so that what is said can be tested without a line.

A machine is a generator: it yields a request and is sent the registers that came back (none for a write).
Whoever drives it throws `NoAnswer` or `RequestRefused` into it when the line fails or the controller declines.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from shopfloor.engine.codec import Word
from shopfloor.engine.errors import NoAnswer
from shopfloor.engine.register_map import Area, Block, DriverProfile, Values
from shopfloor.engine.transfer import TransferState

Answer: TypeAlias = tuple[Word, ...]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Read:
    """Read `count` holding registers from `address` on (function 3)."""

    address: int
    count: int


@dataclass(frozen=True)
class Write:
    """Write the registers in one request (function 16)."""

    address: int
    words: tuple[Word, ...]


@dataclass(frozen=True)
class WriteAlone:
    """Write one register by itself (function 6)."""

    address: int
    word: Word


@dataclass(frozen=True)
class Record:
    """Store durably that the transfer is in `state` before anything else is sent.

    When it cannot be stored, or another gateway holds the transfer now, the machine must be dropped.
    """

    state: TransferState
    reading: Mapping[str, object]


@dataclass(frozen=True)
class Pause:
    """Wait before the next request."""

    seconds: float


Request: TypeAlias = Read | Write | WriteAlone | Record | Pause
Machine: TypeAlias = Generator[Request, Answer, Result]


def read_area(profile: DriverProfile, area: Area) -> Machine[Answer]:
    """The registers of an area, read in as few requests as the controller takes."""
    words: list[Word] = []
    while len(words) < area.size:
        count = min(profile.requests.largest_read, area.size - len(words))
        answer = yield Read(area.address + len(words), count)
        if len(answer) != count:
            raise NoAnswer(f"{len(answer)} registers came back where {count} were asked for")
        words.extend(answer)
    return tuple(words)


def read_block(profile: DriverProfile, block: Block) -> Machine[Values]:
    """The decoded fields of a block."""
    words = yield from read_area(profile, Area(block.address, block.size))
    return block.decode(words, profile.encoding)


def write_area(profile: DriverProfile, address: int, words: tuple[Word, ...]) -> Machine[None]:
    """Write the registers in as few requests as the controller takes."""
    step = profile.requests.largest_write
    for start in range(0, len(words), step):
        yield Write(address + start, words[start : start + step])
