"""Starting, following and ending runs over the API."""

import pytest

from planning.models import ProductionOrder, SolveRun, SolveState
from planning.services.solve import solve_run


def start(client, **asked):
    return client.post("/api/v1/solve-runs/", asked)


def test_a_run_is_started_in_the_background(planner, workshop, woken):
    workshop.order_line()

    answer = start(planner, budget_seconds=5)

    assert answer.status_code == 202
    assert answer["Location"].endswith(f"/api/v1/solve-runs/{answer.data['public_id']}/")
    assert woken == [answer.data["public_id"]]
    assert (answer.data["state"], answer.data["budget_seconds"], answer.data["requested_by"]) == (
        "queued",
        5,
        "planner",
    )
    assert ProductionOrder.objects.count() == 1, "new orders are taken over first"


def test_a_second_run_waits_for_the_first(planner, workshop, woken):
    start(planner)

    second = start(planner)

    assert second.status_code == 409
    assert second.data["detail"] == "A plan is being made already; wait for it, or cancel it first."
    assert len(woken) == 1


@pytest.mark.parametrize("asked", [{"budget_seconds": 0}, {"budget_seconds": 10**9}, {"seed": -1}])
def test_a_budget_nobody_can_mean_is_refused(planner, workshop, woken, asked):
    assert start(planner, **asked).status_code == 400
    assert not SolveRun.objects.exists()


def test_without_a_plant_there_is_nothing_to_start(planner, woken):
    answer = start(planner)

    assert answer.status_code == 409
    assert "no plant" in answer.data["detail"]


def test_a_run_that_has_ended_shows_its_progress_and_its_plan(planner, workshop, woken):
    workshop.orders()
    address = start(planner, budget_seconds=1)["Location"]
    solve_run(public_id=woken[0])

    data = planner.get(address).data

    assert (data["state"], data["plan"]) == ("done", 1)
    assert data["progress"][-1]["best"]["unplanned"] == 0
    assert [row["public_id"] for row in planner.get("/api/v1/solve-runs/", {"state": "done"}).data["results"]] == woken


def test_a_queued_run_is_cancelled_at_once(planner, workshop, woken):
    address = start(planner)["Location"]

    answer = planner.post(f"{address}cancel/")

    assert (answer.status_code, answer.data["state"]) == (202, "cancelled")
    assert start(planner).status_code == 202


def test_a_running_run_is_told_to_cancel_or_to_finish(planner, workshop, woken):
    address = start(planner)["Location"]
    SolveRun.objects.update(state=SolveState.RUNNING)

    assert planner.post(f"{address}finish/").data["finish_requested"] is True
    assert planner.post(f"{address}cancel/").data["cancel_requested"] is True


def test_a_run_nobody_knows_is_not_found(planner, workshop):
    unknown = "/api/v1/solve-runs/00000000-0000-0000-0000-000000000000/"

    assert planner.get(unknown).status_code == 404
    assert planner.post(f"{unknown}cancel/").status_code == 404
    assert planner.post(f"{unknown}finish/").status_code == 404
