"""Plans over the API, and publishing one against the plan it was made on."""

from datetime import timedelta

import pytest

from foundation.models import AuditEntry
from planning.models import LivePlan, Plan, PlanState
from tests.integration.planning_pages.workshop import MONDAY


def publish(client, plan: Plan, if_match: str | None):
    headers = {} if if_match is None else {"If-Match": if_match}
    return client.post(f"/api/v1/plans/{plan.number}/publish/", headers=headers)


def window(client, plan: Plan, **asked):
    asked = {
        name.strip("_"): value.isoformat() if hasattr(value, "isoformat") else value for name, value in asked.items()
    }
    return client.get(f"/api/v1/plans/{plan.number}/assignments/", asked)


def test_plans_are_listed_the_newest_first(planner, workshop):
    workshop.orders()
    workshop.live()
    workshop.draft()

    answer = planner.get("/api/v1/plans/")

    assert [(row["number"], row["base"], row["state"]) for row in answer.data["results"]] == [
        (2, 1, "draft"),
        (1, None, "live"),
    ]
    assert planner.get("/api/v1/plans/", {"state": "live"}).data["count"] == 1


def test_a_plan_says_what_it_is_worth_and_what_it_left_out(planner, workshop):
    left_out = [{"operation": 1, "order": "2027-00001-1", "name": "Build", "reason": "No station offers 'weld'."}]
    plan = workshop.draft(unplanned=left_out)

    data = planner.get(f"/api/v1/plans/{plan.number}/").data

    assert data["metrics"]["objective"]["makespan"] == 36000
    assert data["unplanned"] == left_out


def test_the_live_plan_has_an_address_of_its_own(planner, workshop):
    assert planner.get("/api/v1/plans/live/").status_code == 404
    workshop.live()

    assert planner.get("/api/v1/plans/live/").data["number"] == 1


def test_before_there_is_a_plant_there_is_no_plan(planner):
    assert planner.get("/api/v1/plans/").data["count"] == 0
    assert planner.get("/api/v1/plans/live/").status_code == 404
    assert planner.get("/api/v1/plans/1/").status_code == 404


def test_a_draft_is_published_against_its_base(planner, workshop):
    first = workshop.draft()

    answer = publish(planner, first, '"none"')

    assert answer.status_code == 200
    assert (answer.data["state"], answer.data["published_by"]) == ("live", "planner")
    assert LivePlan.objects.get().plan == first
    assert publish(planner, workshop.draft(), '"1"').status_code == 200
    assert AuditEntry.objects.filter(verb="plan published", actor_name="planner").count() == 2


def test_a_stale_base_is_answered_with_412_and_the_sentence(planner, workshop):
    first, second = workshop.draft(), workshop.draft()
    assert publish(planner, first, '"none"').status_code == 200

    answer = publish(planner, second, '"none"')

    assert answer.status_code == 412
    assert answer.data["detail"] == (
        "Plan 2 was made on an empty plant, but the plant now follows plan 1. Make the plan again."
    )
    assert LivePlan.objects.get().plan == first


@pytest.mark.parametrize("said", ['"7"', '"none"', "1", 'W/"1"', "*"])
def test_another_base_than_the_plans_own_is_answered_with_412(planner, workshop, said):
    workshop.live()
    draft = workshop.draft()

    answer = publish(planner, draft, said)

    assert answer.status_code == 412
    assert f"not on {said}" in answer.data["detail"]
    assert Plan.objects.get(pk=draft.pk).state == PlanState.DRAFT


def test_publishing_without_naming_the_base_is_refused(planner, workshop):
    draft = workshop.draft()

    assert publish(planner, draft, None).status_code == 428
    assert LivePlan.objects.get().plan is None


def test_a_plan_that_is_live_already_is_not_published_again(planner, workshop):
    live = workshop.live()
    LivePlan.objects.update(plan=None)

    answer = publish(planner, live, '"none"')

    assert answer.status_code == 409
    assert answer.data["detail"] == "Plan 1 is live; only a draft can be published."


def test_assignments_are_read_by_window(planner, workshop):
    workshop.orders(2)
    plan = workshop.draft()  # at 6 build, at 7 pack, at 8 build, at 9 pack

    first = window(planner, plan, from_=MONDAY, to=MONDAY + timedelta(hours=2))
    overlapping = window(planner, plan, from_=MONDAY + timedelta(minutes=30), to=MONDAY + timedelta(minutes=31))
    packing = window(planner, plan, from_=MONDAY, to=MONDAY + timedelta(days=1), station="PACK")

    assert [row["name"] for row in first.data["results"]] == ["Build scooter", "Pack scooter"]
    assert [(row["station"], row["line"], row["state"]) for row in overlapping.data["results"]] == [
        ("BENCH-1", "SHOP", "waiting")
    ]
    assert packing.data["count"] == 2


def test_a_window_touches_nothing_that_ends_where_it_begins(planner, workshop):
    workshop.orders()
    plan = workshop.draft()

    found = window(planner, plan, from_=MONDAY + timedelta(hours=1), to=MONDAY + timedelta(hours=1, minutes=1))

    assert [row["name"] for row in found.data["results"]] == ["Pack scooter"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "required"),
        ({"from_": "yesterday", "to": MONDAY}, "from"),
        ({"from_": MONDAY, "to": MONDAY}, "must be later"),
    ],
)
def test_a_window_that_is_none_is_refused(planner, workshop, asked, says):
    answer = window(planner, workshop.draft(), **asked)

    assert answer.status_code == 400
    assert says in str(answer.data)
