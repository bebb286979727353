"""Making a plan: start, watch, stop, compare, publish or throw away."""

from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from foundation.api import actor_of, plant_now
from planning.models import Plan, PlanState, SolveRun, SolveState
from planning.selectors.plans import method_shares, plan_diff, quality, run_active, run_curve, the_plant
from planning.services.errors import PlanningRefused
from planning.services.orders import production_orders_pull
from planning.services.publish import plan_publish
from planning.services.solve import plan_request, solve_cancel, solve_finish
from planning.services.wake import solver_wake
from planning.views import for_planners
from planning.views.figure import curve_figure
from planning.views.frame import console

BUDGETS = (10, 30, 60, 300)


@require_POST
@for_planners
def make(request: HttpRequest) -> HttpResponse:
    """Ask for a plan of everything that is open; one that is being made already is shown instead."""
    plant, now = the_plant(), plant_now()
    if plant is None:
        return redirect("planning:home")
    seconds = request.POST.get("seconds", "")
    budget = int(seconds) if seconds.isdecimal() and int(seconds) in BUDGETS else BUDGETS[1]
    production_orders_pull(now=now)
    try:
        run = plan_request(plant=plant, budget_seconds=budget, actor=actor_of(request), now=now)
    except PlanningRefused as error:
        messages.warning(request, str(error))
        active = run_active(plant)
        return redirect("planning:solve", active.public_id) if active else redirect("planning:home")
    solver_wake(run=run)
    return redirect("planning:solve", run.public_id)


@require_safe
@for_planners
def solve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One run: how far it is, how good the plan is, who found what, what it would change."""
    run = get_object_or_404(SolveRun.objects.select_related("plan__base", "requested_by", "plant"), public_id=public_id)
    last = run.progress[-1] if run.progress else None
    curve = run_curve(run)
    plan = run.plan
    best = plan.metrics.get("objective") if plan else last and last["best"]
    bound = plan.metrics.get("bound") if plan else last and last["bound"]
    context = {
        "run": run,
        "plan": plan,
        "last": last,
        "elapsed": last["elapsed"] if last else 0,
        "figure": curve_figure(curve, run.budget_seconds) if curve else None,
        "best": best,
        "found": quality(best, bound),
        "methods": method_shares(run),
        "diff": plan_diff(plan.base, plan) if plan else None,
        "is_over": plan is not None and plan.state != PlanState.DRAFT,
        "is_active": run.state in (SolveState.QUEUED, SolveState.RUNNING),
    }
    return console(request, "planning/solve.html", context)


@require_POST
@for_planners
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End the run and forget what it found."""
    solve_cancel(run=get_object_or_404(SolveRun, public_id=public_id), now=plant_now())
    return redirect("planning:solve", public_id)


@require_POST
@for_planners
def finish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End the run and keep the best plan so far."""
    solve_finish(run=get_object_or_404(SolveRun, public_id=public_id))
    return redirect("planning:solve", public_id)


@require_POST
@for_planners
def publish(request: HttpRequest, number: int) -> HttpResponse:
    """Let the plant follow this plan."""
    plan = get_object_or_404(Plan.objects.select_related("plant", "base"), number=number, plant=the_plant())
    try:
        plan_publish(plan=plan, actor=actor_of(request), now=plant_now())
    except PlanningRefused as error:
        messages.error(request, str(error))
        with suppress(SolveRun.DoesNotExist):
            return redirect("planning:solve", plan.solve_run.public_id)
        return redirect("planning:home")
    messages.success(request, f"The plant follows plan {plan.number} now.")
    return redirect("planning:plan")
