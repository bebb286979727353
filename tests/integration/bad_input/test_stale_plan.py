"""A plan against a stale base is refused on the page where it was to be published, and the plant follows its plan."""

from foundation.roles import Role
from planning.models import LivePlan, Plan, PlanState
from tests.integration.bad_input.shop import contents, said


def test_a_plan_on_a_stale_base_is_refused_and_changes_nothing_else(workshop, client, person):
    workshop.production_order()
    stale = workshop.draft()
    live = workshop.live()
    client.force_login(person("petra", Role.PLANNER))
    before = {**contents("planning", "configurator"), "planning.Plan": None}

    answer = client.post(f"/planner/plans/{stale.number}/publish/", follow=True)

    sentence = f"Plan {stale.number} was made on an empty plant, but the plant now follows plan {live.number}."
    assert sentence in said(answer)
    assert {**contents("planning", "configurator"), "planning.Plan": None} == before
    assert LivePlan.objects.get().plan == live
    assert Plan.objects.get(pk=stale.pk).state == PlanState.STALE
