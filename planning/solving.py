"""The child process of a solve: a problem comes in on standard input, progress and a plan go out on standard output.

No Django here. The parent may write one byte at any time: `f` to finish with the best plan so far. To cancel, or when
time is up for good, it ends the process, which owns nothing that could be left half-done.
"""

import os
import pickle
import struct
import sys
import threading
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


def main() -> None:
    """Solve one task."""
    # Native code prints to file descriptor 1 now and then: keep the real one for messages alone.
    stdout = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    task: Task = read_message(sys.stdin.buffer)
    stopping = threading.Event()
    threading.Thread(target=_listen, args=(stopping,), daemon=True).start()

    from planning.engine.errors import PlanningError
    from planning.engine.improve import Progress, make_plan

    def tell(progress: Progress) -> None:
        write_message(stdout, Step(progress.method, progress.best, progress.bound, progress.elapsed))

    try:
        result = make_plan(
            task.problem,
            task.budget_seconds,
            workers=task.workers,
            seed=task.seed,
            on_progress=tell,
            cancelled=stopping.is_set,
        )
    except PlanningError as error:
        write_message(stdout, Broken(str(error)))
        return
    write_message(stdout, Solved(result.plan, result.objective, result.bound))


def _listen(stopping: threading.Event) -> None:
    """Finish when told so, and also when the parent is gone."""
    sys.stdin.buffer.read(1)
    stopping.set()


if __name__ == "__main__":
    main()
