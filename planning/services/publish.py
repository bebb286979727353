"""Publishing a plan: one pointer moves, against the plan it was based on."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from configurator.api import Milestone, order_milestone_record
from foundation.api import User, audit_record, live_publish
from planning.models import LivePlan, Plan, PlanState, ProductionOrder
from planning.services.capacity import buckets_rebuild
from planning.services.errors import NotADraft, StalePlan


def plan_publish(*, plan: Plan, actor: User | None, now: datetime) -> Plan:
    """Let the plant follow this plan; raises `StalePlan` when another one was published since it was made."""
    with transaction.atomic():
        published = _publish(plan, actor, now)
    if not published:
        raise _refusal(plan)
    plan.refresh_from_db()
    return plan


def _publish(plan: Plan, actor: User | None, now: datetime) -> bool:
    """Move the pointer and all that follows from it, in the caller's transaction; False when the base has moved."""
    moved = LivePlan.objects.filter(plant=plan.plant, plan=plan.base).update(
        plan=plan, version=F("version") + 1, ledger=F("ledger") + 1
    )
    if moved != 1:
        return False
    if plan.base_id is not None:
        Plan.objects.filter(pk=plan.base_id).update(state=PlanState.SUPERSEDED)
    drafted = Plan.objects.filter(pk=plan.pk, state=PlanState.DRAFT)
    if drafted.update(state=PlanState.LIVE, published_at=now, published_by=actor) != 1:
        raise NotADraft(plan.number, Plan.objects.get(pk=plan.pk).get_state_display())
    Plan.objects.filter(plant=plan.plant, state=PlanState.DRAFT).update(state=PlanState.STALE)
    buckets_rebuild(plan=plan, now=now)
    _tell_customers(plan, now)
    audit_record(actor=actor, verb="plan published", subject=plan, detail={"number": plan.number}, at=now)
    live_publish(topic="plan", payload={"published": plan.number}, at=now)
    return True


def _refusal(plan: Plan) -> StalePlan | NotADraft:
    state = PlanState(Plan.objects.values_list("state", flat=True).get(pk=plan.pk))
    if state not in (PlanState.DRAFT, PlanState.STALE):
        return NotADraft(plan.number, state.label)
    Plan.objects.filter(pk=plan.pk, state=PlanState.DRAFT).update(state=PlanState.STALE)
    pointer = LivePlan.objects.select_related("plan").filter(plant=plan.plant).first()
    live = pointer.plan.number if pointer and pointer.plan else None
    return StalePlan(plan.number, plan.base.number if plan.base else None, live)


def _tell_customers(plan: Plan, now: datetime) -> None:
    """Say of every order that its base did not hold that it is planned now; said before, it changes nothing."""
    orders = ProductionOrder.objects.filter(operations__assignments__plan=plan).distinct()
    if plan.base_id is not None:
        orders = orders.exclude(operations__assignments__plan=plan.base_id)
    for order_id, order_line_id in orders.values_list("pk", "order_line_id"):
        order_milestone_record(
            source="plan",
            boot_id=0,
            sequence=order_id,
            order_line_id=order_line_id,
            unit="",
            milestone=Milestone.PLANNED,
            at=now,
        )
