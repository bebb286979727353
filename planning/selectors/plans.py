"""What is known of plans: which one is followed, how good one is, what it changes against another."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Max, Sum

from planning.engine import Objective, gap
from planning.models import Assignment, LivePlan, Operation, OperationState, Plan, Plant, ProductionOrder, SolveRun
from planning.selectors.marks import product_mark

CRITERIA: Mapping[str, tuple[str, str, float]] = {
    "unplanned": ("Operations left out", "", 1),
    "broken_promises": ("Late orders", "", 1),
    "weighted_tardiness": ("Hours late, weighted by customer", "h", 3600),
    "changeover": ("Changeover time", "h", 3600),
    "makespan": ("Time until all is built", "h", 3600),
}
"""What a plan is judged by, most important first: how it is called, its unit on a page, seconds or pieces per unit."""

DATES = ("unplanned", "broken_promises", "weighted_tardiness")
"""The criteria that customers feel."""

DIFF_ROWS = 200


def the_plant() -> Plant | None:
    """The plant the console works on; None before a plant package was imported."""
    return Plant.objects.order_by("pk").first()


def plan_followed(plant: Plant) -> Plan | None:
    """The live plan."""
    pointer = LivePlan.objects.select_related("plan__published_by").filter(plant=plant).first()
    return pointer.plan if pointer else None


def plans_recent(plant: Plant, limit: int = 12) -> list[Plan]:
    """The newest plans, the newest first."""
    return list(Plan.objects.filter(plant=plant).select_related("base", "published_by")[:limit])


def run_active(plant: Plant) -> SolveRun | None:
    """The run that makes a plan now, or the one that waits for a worker."""
    return SolveRun.objects.filter(plant=plant, state__in=["queued", "running"]).first()


def order_ends(plan: Plan | None, order_ids: Collection[int] | None = None) -> dict[int, datetime]:
    """When each order's last planned operation ends in the plan."""
    rows = Assignment.objects.filter(plan=plan)
    if order_ids is not None:
        rows = rows.filter(operation__production_order__in=order_ids)
    return dict(rows.order_by().values_list("operation__production_order").annotate(last=Max("end")))


# --- how good a plan is ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quality:
    """How far a plan may be from the best possible one, in words: for a tile, as a headline, as a sentence."""

    short: str
    unit: str
    note: str
    headline: str
    sentence: str


def quality(best: Mapping[str, int] | None, bound: Mapping[str, int] | None) -> Quality | None:
    """What can be said of an objective against a lower bound; None where nothing is known yet."""
    if not best or not bound:
        return None
    distance = gap(objective_of(best), objective_of(bound))
    if distance is None:
        return Quality("0", "%", "proved the best", "No better plan exists.", "Proved for dates, changeovers and time.")
    name, unit, size = CRITERIA[distance.criterion]
    value, least = amount(distance.value, unit, size), amount(distance.bound, unit, size)
    percent = ceil(100 * distance.share)
    if not unit:
        return Quality(
            f"{distance.value - distance.bound:,}",
            "",
            f"{name.lower()} above the floor",
            f"{name}: {value}, and at least {least} in any plan.",
            "Whether a plan with fewer exists is not proved.",
        )
    if distance.criterion in DATES:
        return Quality(
            f"{percent}",
            "%",
            f"at most, {name.lower()}",
            f"At most {percent} % from the best possible plan.",
            f"{name}: {value}. No plan of these orders can do with less than {least}.",
        )
    rest = f"no plan needs less than {least}" if distance.bound else "how much less is possible is not proved"
    return Quality(
        "0",
        "%",
        "for dates, proved",
        "No plan keeps the dates better.",
        f"That is proved. {name}: {value}; {rest}.",
    )


def objective_of(document: Mapping[str, int]) -> Objective:
    """The objective that was stored by the names of its parts."""
    return Objective(**{name: document.get(name, 0) for name in Objective._fields})


def amount(value: float, unit: str, size: float) -> str:
    """A criterion's value as people read it: `3`, `4.1 h`, `25 min`."""
    if unit == "h" and 0 < value / size < 1:
        return f"{value / size * 60:.0f} min"
    return f"{value / size:,.1f} {unit}" if unit else f"{value:,.0f}"


# --- what a plan changes ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """One order in two plans."""

    order: ProductionOrder
    mark: str
    before: datetime | None
    after: datetime | None

    @property
    def change(self) -> timedelta | None:
        """By how much it ends later; negative: earlier."""
        return self.after - self.before if self.before and self.after else None

    @property
    def was_late(self) -> bool:
        """Whether the promise was missed before."""
        return self.before is not None and self.before > self.order.due

    @property
    def is_late(self) -> bool:
        """Whether the promise is missed now."""
        return self.after is not None and self.after > self.order.due

    @property
    def late_by(self) -> timedelta:
        """By how much the promise is missed now."""
        return self.after - self.order.due if self.after else timedelta()

    @property
    def touches_promise(self) -> bool:
        """Whether a customer would have to be told."""
        return self.was_late != self.is_late


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """What changes for whom when `plan` takes the place of `base`."""

    promises: tuple[Move, ...]
    new: tuple[Move, ...]
    earlier: tuple[Move, ...]
    later: tuple[Move, ...]
    moved_operations: int


def plan_diff(base: Plan | None, plan: Plan) -> PlanDiff:
    """Order by order, the largest change first; orders that are done are not looked at."""
    before, after = order_ends(base), order_ends(plan)
    orders = ProductionOrder.objects.in_bulk(after.keys())
    moves = [Move(order, product_mark(order.product_code), before.get(pk), after[pk]) for pk, order in orders.items()]
    known = [move for move in moves if move.change]
    by_size = sorted(known, key=lambda move: abs(move.change or timedelta()), reverse=True)
    return PlanDiff(
        promises=tuple(move for move in by_size if move.touches_promise),
        new=tuple(sorted((move for move in moves if move.before is None), key=lambda move: move.order.due)[:DIFF_ROWS]),
        earlier=tuple(move for move in by_size if (move.change or timedelta()) < timedelta())[:DIFF_ROWS],
        later=tuple(move for move in by_size if (move.change or timedelta()) > timedelta())[:DIFF_ROWS],
        moved_operations=_moved(base, plan),
    )


def _moved(base: Plan | None, plan: Plan) -> int:
    places = dict(_places(base))
    return sum(1 for operation, place in _places(plan) if operation in places and places[operation] != place)


def _places(plan: Plan | None) -> Any:
    rows = Assignment.objects.filter(plan=plan).exclude(operation__state=OperationState.DONE).order_by()
    return (
        (operation, (station, start)) for operation, station, start in rows.values_list("operation", "station", "start")
    )


# --- a run ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Curve:
    """The criterion a run still works on, over its seconds: points of the best plan and of what is proved."""

    name: str
    unit: str
    best: tuple[tuple[float, float], ...]
    bound: tuple[tuple[float, float], ...]


def run_curve(run: SolveRun) -> Curve | None:
    """The first criterion that changed during the run, or that is not proved the best; None before any news."""
    steps = [step for step in run.progress if step["best"]]
    if not steps:
        return None
    last = steps[-1]
    for criterion, (name, unit, size) in CRITERIA.items():
        values = {step["best"][criterion] for step in steps}
        proved = last["bound"] is not None and last["best"][criterion] <= last["bound"][criterion]
        if len(values) > 1 or not proved or criterion == "makespan":
            return Curve(
                name,
                unit,
                tuple((step["elapsed"], step["best"][criterion] / size) for step in steps),
                tuple((step["elapsed"], step["bound"][criterion] / size) for step in steps if step["bound"]),
            )
    return None


@dataclass(frozen=True, slots=True)
class MethodShare:
    """What one method of a run took and what it gained, criterion by criterion."""

    method: str
    seconds: float
    gains: tuple[str, ...]


def method_shares(run: SolveRun) -> list[MethodShare]:
    """The methods in the order of their first turn; a gain counts for the criterion in which the plan got better."""
    seconds: dict[str, float] = {}
    gained: dict[str, dict[str, float]] = {}
    before: dict[str, int] | None = None
    at = 0.0
    for step in run.progress:
        method, best = step["method"], step["best"]
        seconds[method] = seconds.get(method, 0.0) + step["elapsed"] - at
        gains = gained.setdefault(method, {})
        at = step["elapsed"]
        criterion = next((name for name in CRITERIA if before and best and before[name] != best[name]), None)
        if before and criterion:
            gains[criterion] = gains.get(criterion, 0) + before[criterion] - best[criterion]
        before = best or before
    return [
        MethodShare(method, spent, tuple(_gain(criterion, value) for criterion, value in gained[method].items()))
        for method, spent in seconds.items()
    ]


def _gain(criterion: str, value: float) -> str:
    name, unit, size = CRITERIA[criterion]
    return f"{name.lower()} −{amount(value, unit, size)}"


def changeover_share(plan: Plan) -> tuple[float, float] | None:
    """Hours of changeover in the plan, and their share of the time of the stations that change over."""
    work = (
        Operation.objects.filter(assignments__plan=plan, assignments__station__changeover_tables__isnull=False)
        .aggregate(total=Sum("seconds"))
        .get("total")
    )
    seconds = (plan.metrics.get("objective") or {}).get("changeover", 0)
    return (seconds / 3600, seconds / (seconds + work)) if work else None
