"""Making a plan from the console: ask, watch, stop, publish."""

import pytest
from django.urls import reverse

from planning.models import LivePlan, Plan, PlanState, ProductionOrder, SolveRun, SolveState
from planning.services.solve import plan_request, solve_run
from tests.integration.planning_pages.workshop import MONDAY


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """Wake-ups of the solver, which no worker hears here."""
    woken: list[str] = []
    monkeypatch.setattr("config.celery.app.send_task", lambda name, args, **_: woken.extend(args))
    return woken


def text(answer) -> str:
    return answer.content.decode()


def test_asking_for_a_plan_takes_new_orders_over_and_shows_the_run(console, workshop, asked):
    workshop.order_line()

    answer = console.post(reverse("planning:make"), {"seconds": "30"})

    run = SolveRun.objects.get()
    assert answer.url == reverse("planning:solve", args=[run.public_id])
    assert ProductionOrder.objects.count() == 1
    assert run.requested_by.username == "petra"
    assert asked == [str(run.public_id)]


def test_asking_twice_says_so_in_one_sentence_and_leads_to_the_running_one(console, workshop, asked):
    workshop.orders()
    run = plan_request(plant=workshop.plant, budget_seconds=30, actor=None, now=MONDAY)

    answer = console.post(reverse("planning:make"), {"seconds": "30"}, follow=True)

    assert answer.redirect_chain[-1][0] == reverse("planning:solve", args=[run.public_id])
    assert "A plan is being made already" in text(answer)
    assert SolveRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_real_run_ends_with_a_draft_that_can_be_published(console, workshop, asked):
    workshop.orders(3)
    console.post(reverse("planning:make"), {"seconds": "10"})
    run = SolveRun.objects.get()
    SolveRun.objects.update(budget_seconds=1)
    solve_run(public_id=run.public_id)

    page = text(console.get(reverse("planning:solve", args=[run.public_id])))
    assert "Publish" in page
    plan = Plan.objects.get()
    console.post(reverse("planning:publish", args=[plan.number]))

    assert LivePlan.objects.get().plan == plan
    assert Plan.objects.get().published_by.username == "petra"


def test_a_stale_plan_is_refused_in_one_sentence_with_a_way_on(console, workshop):
    workshop.orders(2)
    stale = workshop.draft()
    workshop.live()

    answer = console.post(reverse("planning:publish", args=[stale.number]), follow=True)

    assert "Make the plan again." in text(answer)
    assert reverse("planning:make") in text(answer)
    stale.refresh_from_db()
    assert stale.state == PlanState.STALE


def test_cancelling_before_it_began_ends_the_run(console, workshop):
    run = plan_request(plant=workshop.plant, budget_seconds=30, actor=None, now=MONDAY)

    answer = console.post(reverse("planning:solve-cancel", args=[run.public_id]), follow=True)

    run.refresh_from_db()
    assert run.state == SolveState.CANCELLED
    assert "Cancelled before it began." in text(answer)


def test_stopping_early_asks_the_worker_to_keep_the_best(console, workshop):
    run = plan_request(plant=workshop.plant, budget_seconds=30, actor=None, now=MONDAY)
    SolveRun.objects.update(state=SolveState.RUNNING)

    console.post(reverse("planning:solve-finish", args=[run.public_id]))

    run.refresh_from_db()
    assert run.finish_requested


def test_a_failed_run_says_why(console, workshop):
    run = plan_request(plant=workshop.plant, budget_seconds=30, actor=None, now=MONDAY)
    SolveRun.objects.update(
        state=SolveState.FAILED, message="The worker that made this plan disappeared.", ended_at=MONDAY
    )

    assert "The worker that made this plan disappeared." in text(
        console.get(reverse("planning:solve", args=[run.public_id]))
    )


def test_a_run_with_nothing_to_plan_says_so(console, workshop):
    run = solve_run(public_id=plan_request(plant=workshop.plant, budget_seconds=1, actor=None, now=MONDAY).public_id)

    assert "There is nothing to plan." in text(console.get(reverse("planning:solve", args=[run.public_id])))
