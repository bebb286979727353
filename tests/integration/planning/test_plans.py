"""Making plans with a real solver process, and publishing them."""

import os
import signal
import threading
import time

import pytest

from configurator.models import OrderMilestone
from planning.api import operations_releasable
from planning.models import Assignment, LivePlan, Plan, PlanState, SolveRun, SolveState
from planning.services import solve as solving
from planning.services.check import plan_violations
from planning.services.errors import NotADraft, SolveActive, StalePlan
from planning.services.publish import plan_publish
from planning.services.solve import leases_expire, plan_request, solve_cancel, solve_run
from tests.integration.planning.workshop import MONDAY, Workshop


def test_a_solved_plan_is_stored_whole_and_without_violations(workshop: Workshop):
    workshop.production_order(quantity=3)

    plan = workshop.draft()

    assert plan.state == PlanState.DRAFT
    assert Assignment.objects.filter(plan=plan).count() == 9
    assert plan_violations(plan=plan) == ()


def test_the_checker_sees_a_stored_assignment_that_was_moved(workshop: Workshop):
    """Negative control of the test above."""
    workshop.production_order()
    plan = workshop.draft()
    test = Assignment.objects.get(plan=plan, operation__name="Test")
    Assignment.objects.filter(pk=test.pk).update(start=MONDAY, end=MONDAY + (test.end - test.start))

    assert plan_violations(plan=plan) != ()


def test_material_that_arrives_later_holds_its_operation_back(workshop: Workshop):
    workshop.production_order(bulb="rare")

    plan = workshop.draft()

    assert (
        Assignment.objects.get(plan=plan, operation__name="Assemble").start.isoformat() == "2027-05-12T08:00:00+00:00"
    )


def test_material_that_never_arrives_is_told_as_not_planned(workshop: Workshop):
    for _ in range(6):
        workshop.production_order(bulb="rare")

    plan = workshop.draft()

    reasons = {row["reason"] for row in plan.unplanned}
    assert "There is not enough BULB-RARE, and no supply of it is confirmed." in reasons
    assert Assignment.objects.filter(plan=plan, operation__name="Assemble").count() == 5


def test_publishing_moves_the_pointer_and_tells_the_customer(workshop: Workshop):
    order = workshop.production_order()

    plan = workshop.live()

    assert LivePlan.objects.get().plan == plan
    assert plan.state == PlanState.LIVE
    milestones = OrderMilestone.objects.filter(order_line_id=order.order_line_id)
    assert [milestone.milestone for milestone in milestones] == ["planned"]


def test_a_plan_on_a_stale_base_is_refused_and_changes_nothing(workshop: Workshop):
    workshop.production_order()
    first, second = workshop.draft(), workshop.draft()
    plan_publish(plan=first, actor=None, now=MONDAY)
    Plan.objects.filter(pk=second.pk).update(state=PlanState.DRAFT)  # as if it had been made a moment later

    with pytest.raises(StalePlan) as refused:
        plan_publish(plan=second, actor=None, now=MONDAY)

    assert str(refused.value) == (
        f"Plan {second.number} was made on an empty plant, but the plant now follows plan {first.number}. "
        "Make the plan again."
    )
    assert LivePlan.objects.get().plan == first
    assert Plan.objects.get(pk=second.pk).state == PlanState.STALE


def test_the_live_plan_cannot_be_published_again(workshop: Workshop):
    workshop.production_order()
    plan = workshop.live()

    with pytest.raises(NotADraft):
        plan_publish(plan=plan, actor=None, now=MONDAY)


def test_only_one_run_at_a_time(workshop: Workshop):
    workshop.production_order()
    plan_request(plant=workshop.plant, budget_seconds=1, actor=None, now=MONDAY)

    with pytest.raises(SolveActive):
        plan_request(plant=workshop.plant, budget_seconds=1, actor=None, now=MONDAY)


def test_a_run_without_operations_fails_with_a_sentence(workshop: Workshop):
    run = workshop.solved()

    assert (run.state, run.message) == (SolveState.FAILED, "There is nothing to plan.")


def test_a_claimed_run_is_not_worked_off_twice(workshop: Workshop):
    workshop.production_order()
    run = plan_request(plant=workshop.plant, budget_seconds=1, actor=None, now=MONDAY)
    SolveRun.objects.update(state=SolveState.RUNNING)

    assert solve_run(public_id=run.public_id) is None


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_run_ends_soon_and_leaves_the_live_plan_alone():
    workshop = Workshop()
    workshop.production_order(quantity=20)
    live = workshop.live()
    run = plan_request(plant=workshop.plant, budget_seconds=120, actor=None, now=MONDAY)
    worker = _in_background(run)
    _wait_for_progress(run)

    begun = time.monotonic()
    solve_cancel(run=run, now=MONDAY)
    worker.join(20)

    run.refresh_from_db()
    assert run.state == SolveState.CANCELLED
    assert time.monotonic() - begun < 10
    assert LivePlan.objects.get().plan == live
    assert not Plan.objects.filter(base=live).exists()


@pytest.mark.django_db(transaction=True)
def test_a_killed_solver_process_leaves_the_live_plan_alone(monkeypatch: pytest.MonkeyPatch):
    workshop = Workshop()
    workshop.production_order(quantity=20)
    live = workshop.live()
    children: list[int] = []
    follow = solving._follow

    def remember(run, token, child):
        children.append(child.pid)
        return follow(run, token, child)

    monkeypatch.setattr(solving, "_follow", remember)
    run = plan_request(plant=workshop.plant, budget_seconds=120, actor=None, now=MONDAY)
    worker = _in_background(run)
    _wait_for_progress(run)

    os.kill(children[0], signal.SIGKILL)
    worker.join(20)

    run.refresh_from_db()
    assert run.state == SolveState.FAILED
    assert run.message.startswith("The solver process ended without a plan")
    assert LivePlan.objects.get().plan == live


def test_a_run_whose_worker_fell_silent_fails(workshop: Workshop):
    workshop.production_order()
    run = plan_request(plant=workshop.plant, budget_seconds=1, actor=None, now=MONDAY)
    SolveRun.objects.filter(pk=run.pk).update(state=SolveState.RUNNING, lease_until=MONDAY.replace(year=2020))

    assert leases_expire(now=MONDAY) == 1
    run.refresh_from_db()
    assert (run.state, run.message) == (SolveState.FAILED, "The worker that made this plan disappeared.")


def test_a_station_gets_its_operations_strictly_in_the_plans_order(workshop: Workshop):
    workshop.production_order(quantity=2)
    plan = workshop.live()

    releasable = operations_releasable(now=MONDAY, horizon=plan.assignments.latest("end").end - MONDAY)

    # Both benches wait: their first operations need a painted shade. The booth may begin with its first.
    assert [operation.station_code for operation in releasable] == ["BOOTH"]
    assert releasable[0].planned_start == plan.assignments.filter(station__code="BOOTH").earliest("start").start


def _in_background(run: SolveRun) -> threading.Thread:
    from django.db import connection

    def work() -> None:
        try:
            solve_run(public_id=run.public_id)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def _wait_for_progress(run: SolveRun) -> None:
    deadline = time.monotonic() + 60
    while not SolveRun.objects.get(pk=run.pk).progress:
        assert time.monotonic() < deadline, "the solver did not begin"
        time.sleep(0.05)
