"""Making a plan: a run is a row, the work is done by a child process, only a plan without violations is stored."""

import os
import selectors
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from foundation.api import User, live_publish, plant_now
from planning.engine import Objective, violations
from planning.loading import LoadedProblem, assignments_of, live_plan, load_problem
from planning.models import SOLVE_ACTIVE, Assignment, Operation, Plan, Plant, SolveRun, SolveState
from planning.services.errors import NothingToPlan, PlanInvalid, SolveActive
from planning.solving import FINISH, Broken, Solved, Step, Task, read_message, write_message

LEASE = timedelta(seconds=15)
"""Real time, not plant time: a demonstration's clock may stand still or jump, a worker's silence is measured."""
HARD_LIMIT = 60.0
"""Seconds after the budget at which a child that does not answer is ended."""
POLL_SECONDS = 0.25
FINISH_GRACE = 5.0
BATCH = 1000
BUDGET_LIMIT = 3600
"""So many seconds a run may be given."""


def plan_request(*, plant: Plant, budget_seconds: int, actor: User | None, now: datetime, seed: int = 1) -> SolveRun:
    """Ask for a new plan; the row is the queue. Raises `SolveActive` when the plant's last request still runs."""
    leases_expire(now=now)
    try:
        with transaction.atomic():
            return SolveRun.objects.create(
                plant=plant,
                budget_seconds=max(1, min(budget_seconds, BUDGET_LIMIT)),
                seed=seed,
                requested_by=actor,
                requested_at=now,
            )
    except IntegrityError:
        raise SolveActive from None


def solve_cancel(*, run: SolveRun, now: datetime) -> None:
    """End the run and forget what it found; a run that has ended stays as it is."""
    queued = SolveRun.objects.filter(pk=run.pk, state=SolveState.QUEUED)
    if queued.update(state=SolveState.CANCELLED, ended_at=now, message="Cancelled before it began.") == 0:
        SolveRun.objects.filter(pk=run.pk, state=SolveState.RUNNING).update(cancel_requested=True)
    _tell(run.public_id, now)


def solve_finish(*, run: SolveRun) -> None:
    """End the run soon and keep the best plan so far."""
    SolveRun.objects.filter(pk=run.pk, state=SolveState.RUNNING).update(finish_requested=True)


def leases_expire(*, now: datetime) -> int:
    """Runs whose worker has fallen silent have failed; the live plan was never touched by them."""
    silent = SolveRun.objects.filter(state=SolveState.RUNNING, lease_until__lt=datetime.now(UTC))
    return silent.update(
        state=SolveState.FAILED, ended_at=now, message="The worker that made this plan disappeared.", token=None
    )


def solve_next() -> SolveRun | None:
    """Claim the oldest queued run and work it off; None when there is none. For a worker, outside transactions."""
    run = SolveRun.objects.filter(state=SolveState.QUEUED).order_by("requested_at", "pk").first()
    return solve_run(public_id=run.public_id) if run else None


def solve_run(*, public_id: UUID) -> SolveRun | None:
    """Work one queued run off; None when another worker has it. For a worker, outside transactions."""
    token = uuid4()
    claimed = SolveRun.objects.filter(public_id=public_id, state=SolveState.QUEUED).update(
        state=SolveState.RUNNING, token=token, lease_until=datetime.now(UTC) + LEASE
    )
    if claimed != 1:
        return None
    run = SolveRun.objects.select_related("plant").get(public_id=public_id)
    try:
        _work(run, token)
    except (NothingToPlan, PlanInvalid) as error:
        _end(run, token, SolveState.FAILED, str(error))
    except Exception:
        _end(run, token, SolveState.FAILED, "The plan could not be made because of an internal error; see the log.")
        raise
    run.refresh_from_db()
    return run


def _work(run: SolveRun, token: UUID) -> None:
    now = plant_now()
    base = live_plan(run.plant).plan
    loaded = load_problem(run.plant, now)
    if not loaded.problem.operations:
        raise NothingToPlan(sorted(set(loaded.left_out.values())))
    task = Task(loaded.problem, run.budget_seconds, workers=os.cpu_count() or 1, seed=run.seed)
    with _child(task) as child:
        answer = _follow(run, token, child)
    if answer is None:
        _end(run, token, SolveState.CANCELLED, "Cancelled; the live plan was not touched.")
    elif isinstance(answer, Broken):
        _end(run, token, SolveState.FAILED, answer.reason)
    else:
        _store(run, token, loaded, answer, base, now)


@contextmanager
def _child(task: Task) -> Iterator[subprocess.Popen[bytes]]:
    """A solving process that has its task; it is gone when the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "planning.solving"],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        with suppress(BrokenPipeError):
            write_message(_pipe(process.stdin), task)
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with suppress(BrokenPipeError):
                _pipe(stream).close()


def _pipe(stream: Any) -> Any:
    if stream is None:
        raise RuntimeError("the child was started without pipes")
    return stream


def _follow(run: SolveRun, token: UUID, child: subprocess.Popen[bytes]) -> Solved | Broken | None:
    """Note the child's progress until it answers, dies, is cancelled (None), or time is up."""
    give_up = time.monotonic() + run.budget_seconds + HARD_LIMIT
    progress: list[dict[str, Any]] = []
    with selectors.DefaultSelector() as watch:
        watch.register(_pipe(child.stdout), selectors.EVENT_READ)
        while True:
            if watch.select(POLL_SECONDS):
                try:
                    message = read_message(_pipe(child.stdout))
                except EOFError:
                    return Broken(f"The solver process ended without a plan (exit code {child.wait()}).")
                if not isinstance(message, Step):
                    _note(run, token, progress)
                    return message
                progress.append(_step_document(message))
                if len(progress) > 1 and message.elapsed - progress[-2]["elapsed"] < POLL_SECONDS:
                    continue
            wish = _note(run, token, progress)
            if wish == "cancel":
                return None
            if wish == "finish" and give_up > time.monotonic() + FINISH_GRACE:
                give_up = time.monotonic() + FINISH_GRACE
                with suppress(BrokenPipeError):
                    _pipe(child.stdin).write(FINISH)
                    _pipe(child.stdin).flush()
            if time.monotonic() > give_up:
                return Broken("The solver did not end in time and was stopped.")


def _note(run: SolveRun, token: UUID, progress: list[dict[str, Any]]) -> str:
    """Store progress under the lease; what the planner wishes: "", "finish" or "cancel"."""
    mine = SolveRun.objects.filter(pk=run.pk, state=SolveState.RUNNING, token=token)
    if mine.update(progress=progress, lease_until=datetime.now(UTC) + LEASE) != 1:
        return "cancel"  # the lease was lost: somebody has given this run up
    _tell(run.public_id, plant_now())
    cancel, finish = SolveRun.objects.values_list("cancel_requested", "finish_requested").get(pk=run.pk)
    return "cancel" if cancel else "finish" if finish else ""


def _step_document(step: Step) -> dict[str, Any]:
    return {
        "method": step.method,
        "best": objective_document(step.best),
        "bound": objective_document(step.bound),
        "elapsed": round(step.elapsed, 2),
    }


def objective_document(objective: Objective | None) -> dict[str, int] | None:
    """An objective as JSON-able data, by the names of its parts."""
    return None if objective is None else dict(objective._asdict())


def _store(run: SolveRun, token: UUID, loaded: LoadedProblem, solved: Solved, base: Plan | None, now: datetime) -> Plan:
    """Check the plan independently of the solver and write it in batches as a draft."""
    wrong = list(violations(loaded.problem, solved.plan))
    if wrong:
        raise PlanInvalid(wrong)
    with transaction.atomic():
        number = (Plan.objects.filter(plant=run.plant).aggregate(top=Max("number"))["top"] or 0) + 1
        plan = Plan.objects.create(
            plant=run.plant,
            number=number,
            base=base,
            made_at=now,
            metrics=_metrics(loaded, solved),
            contributions=[
                {
                    "method": contribution.method,
                    "before": objective_document(contribution.before),
                    "after": objective_document(contribution.after),
                }
                for contribution in solved.plan.contributions
            ],
            unplanned=[*_unplanned(loaded, solved)],
        )
        Assignment.objects.bulk_create(assignments_of(loaded, solved.plan, plan), batch_size=BATCH)
        ended = SolveRun.objects.filter(pk=run.pk, state=SolveState.RUNNING, token=token).update(
            state=SolveState.DONE, plan=plan, ended_at=plant_now(), token=None, lease_until=None
        )
        if ended != 1:
            raise PlanInvalid(["the run was given up while its plan was being stored"])
    _tell(run.public_id, now)
    return plan


def _metrics(loaded: LoadedProblem, solved: Solved) -> dict[str, Any]:
    problem = loaded.problem
    return {
        "objective": objective_document(solved.objective),
        "bound": objective_document(solved.bound),
        "orders": len(problem.orders),
        "operations": len(problem.operations),
        "late_orders": solved.objective.broken_promises,
        "makespan_minutes": round(solved.objective.makespan / 60),
        "violations": 0,
    }


def _unplanned(loaded: LoadedProblem, solved: Solved) -> Iterator[dict[str, Any]]:
    reasons = dict(loaded.left_out)
    reasons.update({loaded.operation_ids[some.operation]: some.reason for some in solved.plan.unplanned})
    rows = Operation.objects.select_related("production_order").in_bulk(reasons)
    for pk, reason in reasons.items():
        yield {"operation": pk, "order": rows[pk].production_order.number, "name": rows[pk].name, "reason": reason}


def _end(run: SolveRun, token: UUID, state: SolveState, message: str) -> None:
    SolveRun.objects.filter(Q(pk=run.pk, token=token), state__in=SOLVE_ACTIVE).update(
        state=state, message=message[:500], ended_at=plant_now(), token=None, lease_until=None
    )
    _tell(run.public_id, plant_now())


def _tell(public_id: UUID, now: datetime) -> None:
    """Wake the planner's page; what it shows it reads from the row."""
    live_publish(topic=f"solve:{public_id}", payload={}, at=now)
