"""G3: a plan is published whole or not at all; a stale base is refused."""

import pytest
from django.db import IntegrityError

from planning.models import Assignment, LivePlan, Plan, PlanState
from planning.services import publish
from planning.services.errors import NotADraft, StalePlan
from planning.services.publish import plan_publish
from tests.integration.planning.workshop import MONDAY, Workshop
from tests.integration.promises.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def two_drafts(workshop: Workshop) -> list[Plan]:
    workshop.production_order()
    first = workshop.draft()
    workshop.production_order(colour="black")
    return [first, workshop.draft()]


def publish_all(plans: list[Plan]) -> list[object]:
    return at_once([lambda plan=plan: plan_publish(plan=plan, actor=None, now=MONDAY) for plan in plans])


def test_of_two_plans_published_at_once_one_is_followed(workshop, postgres):
    drafts = two_drafts(workshop)

    answers = publish_all(drafts)

    (followed,) = [answer for answer in answers if isinstance(answer, Plan)]
    (refused,) = [answer for answer in answers if not isinstance(answer, Plan)]
    assert isinstance(refused, StalePlan)
    assert "Make the plan again." in str(refused)
    assert LivePlan.objects.get().plan == followed
    assert sorted(Plan.objects.values_list("state", flat=True)) == sorted([PlanState.LIVE, PlanState.STALE])


def test_one_plan_published_twice_at_once_is_published_once(workshop, postgres):
    plan = two_drafts(workshop)[0]

    answers = publish_all([Plan.objects.get(pk=plan.pk) for _ in range(4)])

    assert sum(isinstance(answer, Plan) for answer in answers) == 1
    assert {type(answer) for answer in answers} <= {Plan, NotADraft, StalePlan}
    assert LivePlan.objects.get().version == 1


class AnyBase:
    """The pointer, moved without asking where it stood."""

    class objects:  # noqa: N801 - stands in for the manager
        @staticmethod
        def filter(plant: object, **conditions: object) -> object:
            return LivePlan.objects.filter(plant=plant)


@pytest.fixture
def any_base(workshop, monkeypatch) -> list[Plan]:
    """One plan is followed; the pointer no longer asks where it stood, and the other draft was not swept away."""
    first, second = two_drafts(workshop)
    plan_publish(plan=first, actor=None, now=MONDAY)
    Plan.objects.filter(pk=second.pk).update(state=PlanState.DRAFT)
    monkeypatch.setattr(publish, "LivePlan", AnyBase)
    return [first, second]


def test_without_the_look_at_the_base_the_database_still_holds(any_base):
    """Negative control: the constraint alone keeps a second live plan out."""
    with pytest.raises(IntegrityError):
        plan_publish(plan=any_base[1], actor=None, now=MONDAY)

    assert LivePlan.objects.get().plan == any_base[0]


def test_without_any_protection_the_later_plan_would_replace_the_earlier(any_base):
    """Negative control: what pointer, sweep of drafts and constraint prevent does happen without them."""
    Plan.objects.filter(pk=any_base[0].pk).update(state=PlanState.SUPERSEDED)

    plan_publish(plan=any_base[1], actor=None, now=MONDAY)

    assert LivePlan.objects.get().plan == any_base[1]


def test_publishing_that_breaks_off_leaves_everything_as_it_was(workshop, monkeypatch):
    drafts = two_drafts(workshop)
    before = (list(LivePlan.objects.values()), list(Plan.objects.values()), Assignment.objects.count())
    monkeypatch.setattr(publish, "audit_record", lambda **entry: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        plan_publish(plan=drafts[0], actor=None, now=MONDAY)

    assert (list(LivePlan.objects.values()), list(Plan.objects.values()), Assignment.objects.count()) == before
