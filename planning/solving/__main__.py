"""The child's side of a solve."""

import os
import sys
import threading

from planning.solving import Broken, Solved, Step, Task, read_message, write_message


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
