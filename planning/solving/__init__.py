"""The child process of a solve, `python -m planning.solving`, and the messages between it and its parent.

A problem comes in on standard input, progress and a plan go out on standard output. No Django here. The parent may
write one byte at any time: `f` to finish with the best plan so far. To cancel, or when time is up for good, it ends
the process, which owns nothing that could be left half-done.
"""

import pickle
import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

from planning.engine import Objective, Plan, Problem

FINISH = b"f"
HEADER = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Task:
    """What the child is to do."""

    problem: Problem
    budget_seconds: float
    workers: int
    seed: int


@dataclass(frozen=True, slots=True)
class Step:
    """How far the solve is: which method works, the best objective so far, a bound if one is known."""

    method: str
    best: Objective | None
    bound: Objective | None
    elapsed: float


@dataclass(frozen=True, slots=True)
class Solved:
    """The plan and what is known of it."""

    plan: Plan
    objective: Objective
    bound: Objective | None


@dataclass(frozen=True, slots=True)
class Broken:
    """The problem was refused, or the solve failed; `reason` is a sentence."""

    reason: str


def write_message(stream: BinaryIO, message: Any) -> None:
    """One pickled message with its length before it."""
    body = pickle.dumps(message)
    stream.write(HEADER.pack(len(body)) + body)
    stream.flush()


def read_message(stream: BinaryIO) -> Any:
    """The next message; raises EOFError when the other side has ended."""
    header = _exactly(stream, HEADER.size)
    # Both ends of the pipe are this program, started by itself: nothing from outside is ever read here.
    return pickle.loads(_exactly(stream, HEADER.unpack(header)[0]))  # noqa: S301


def _exactly(stream: BinaryIO, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = stream.read(count - len(parts))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)
