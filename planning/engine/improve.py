"""A better plan within a budget: a portfolio of local search and CP-SAT, the whole problem if small, else windows.

The best plan is kept here, outside every method; it only ever changes for a cheaper one that passes the checker.
With one worker and the same seed the methods make the same choices, but how far they get depends on the machine.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from random import Random
from threading import Thread
from time import monotonic

from planning.engine.bound import Gap, gap, lower_bound
from planning.engine.check import violations
from planning.engine.construct import construct
from planning.engine.lane import station_rules
from planning.engine.local_search import LocalSearch, pulled_early
from planning.engine.problem import Contribution, Objective, Plan, Problem, objective
from planning.engine.windows import window

WHOLE = 300
"""Up to so many operations CP-SAT gets the whole problem."""

EXACT_LITERALS = 6_000
"""Up to so many literals for working intervals the model covers the whole calendar, so that it can prove.

Beyond, it covers the time up to the plan's end: at 280 operations and 80 intervals that found 4 to 8 late orders fewer
in 12 s.
"""

WINDOW_SIZES = (30, 140)
WINDOW_SECONDS = 2.0
LOCAL_SECONDS = 1.5
REPORT_SECONDS = 0.5


@dataclass(frozen=True)
class Progress:
    """How far the search is: the best objective, what is proved so far, seconds since the start, what runs."""

    best: Objective
    bound: Objective
    elapsed: float
    method: str


@dataclass(frozen=True)
class Result:
    """The best plan, its objective, what is proved, and what the checker refused: mistakes of the engine, if any."""

    plan: Plan
    objective: Objective
    bound: Objective
    elapsed: float
    refused: tuple[str, ...] = ()

    @property
    def gap(self) -> Gap | None:
        """How far the plan may be from the best possible; None if it is proved the best but for earliness."""
        return gap(self.objective, self.bound)

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """What each method did to the plan."""
        return self.plan.contributions


def make_plan(
    problem: Problem,
    budget_seconds: float,
    workers: int = 2,
    seed: int = 1,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Result:
    """Validate, construct, improve and prove within the budget; a valid plan even when cancelled at once.

    Raises `ProblemError` if the problem contradicts itself. Both callables are called in the caller's thread, about
    twice a second, and may take a moment.
    """
    problem.validate()
    begun = monotonic()
    plan = construct(problem, lambda: cancelled() or monotonic() - begun > 0.3 * budget_seconds)
    search = Search(problem, plan, begun, begun + budget_seconds, workers, seed, on_progress, cancelled)
    search.run()
    return search.result()


def improve(
    problem: Problem,
    plan: Plan,
    budget_seconds: float,
    workers: int = 2,
    seed: int = 1,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Plan:
    """A plan at most as costly as the given one, which must be valid, found within the budget."""
    begun = monotonic()
    search = Search(problem, plan, begun, begun + budget_seconds, workers, seed, on_progress, cancelled)
    search.run()
    return search.plan


class Search:
    """The incumbent and the time that is left; `run` lets the methods work on it in turn."""

    def __init__(
        self,
        problem: Problem,
        plan: Plan,
        begun: float,
        until: float,
        workers: int,
        seed: int,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> None:
        self.problem, self.plan = problem, plan
        self.begun, self.until, self.workers, self.seed = begun, until, workers, seed
        self.on_progress, self.cancelled = on_progress, cancelled
        self.rules = station_rules(problem)
        self.cost = objective(problem, plan)
        self.bound = lower_bound(problem)
        self.contributions = list(plan.contributions)
        self.refused: list[str] = []
        self.method = "construction"
        self.reported = float("-inf")
        self.stopped = False
        self.report()

    def run(self) -> None:
        """Improve until nothing can be better, the time is over, or the caller cancels."""
        movable = [a.operation for a in self.plan.assignments if self.problem.operations[a.operation].fixed is None]
        if not movable or self.over():
            return
        # Loading OR-Tools takes a second or two: meanwhile local search has begun, and cancel is heard.
        loading = Thread(target=import_module, args=("planning.engine.improve_cpsat",), daemon=True)
        loading.start()
        left = self.until - monotonic()
        local = LocalSearch(self.problem, self.rules, self.seed)
        self.search_locally(local, min(LOCAL_SECONDS, 0.15 * left))
        while loading.is_alive():
            loading.join(0.1)
            if self.over():
                return
        if len(movable) <= WHOLE and not self.over():
            self.solve_whole()
        random = Random(self.seed)  # noqa: S311 - reproducible, not secret
        size = sum(WINDOW_SIZES) // 2
        while not self.over():
            size = self.solve_window(random, size)
            if not self.over():
                self.search_locally(local, min(LOCAL_SECONDS, 0.25 * (self.until - monotonic())))

    def result(self) -> Result:
        """What was reached."""
        plan = Plan(self.plan.assignments, self.plan.unplanned, tuple(self.contributions))
        return Result(plan, self.cost, self.bound, monotonic() - self.begun, tuple(self.refused))

    def over(self) -> bool:
        """Is there nothing left to do, or no time to do it in?"""
        return self.interrupted() or gap(self.cost, self.bound) is None

    def interrupted(self) -> bool:
        """Report now and then; whether the caller cancelled or the time is over."""
        now = monotonic()
        if now - self.reported >= REPORT_SECONDS:
            self.report()
            self.stopped = self.stopped or self.cancelled()
        return self.stopped or now >= self.until

    def report(self) -> None:
        """Tell the caller how far the search is."""
        self.reported = monotonic()
        self.on_progress(Progress(self.cost, self.bound, self.reported - self.begun, self.method))

    def offer(self, method: str, plan: Plan) -> None:
        """Take the plan if it is cheaper and passes the checker; note who found it."""
        cost = objective(self.problem, plan)
        if cost >= self.cost:
            return
        wrong = list(violations(self.problem, plan))
        if wrong:
            self.refused += wrong
            return
        if self.contributions and self.contributions[-1].method == method:
            self.contributions[-1] = self.contributions[-1]._replace(after=cost)
        else:
            self.contributions.append(Contribution(method, self.cost, cost))
        self.plan, self.cost = plan, cost
        self.report()

    def search_locally(self, local: LocalSearch, seconds: float) -> None:
        """Local search for so many seconds."""
        self.method = "local search"
        until = monotonic() + seconds
        self.offer(self.method, local.run(self.plan, lambda: monotonic() >= until or self.interrupted()))

    def solve_whole(self) -> None:
        """CP-SAT on everything that may move; it may prove that nothing is better."""
        free = frozenset(
            a.operation for a in self.plan.assignments if self.problem.operations[a.operation].fixed is None
        )
        literals = sum(
            max(
                (len(self.rules[mode.station].time.starts) for mode in self.problem.operations[number].modes), default=0
            )
            for number in free
        )
        # What is left out is not in the model, so no proof would speak of plans that have it in.
        exact = literals <= EXACT_LITERALS and self.cost.unplanned == self.bound.unplanned
        self.solve(free, "CP-SAT on the whole problem", 0.8 * (self.until - monotonic()), exact)

    def solve_window(self, random: Random, size: int) -> int:
        """CP-SAT on some operations, the rest staying where it is; the size of the next window."""
        free = window(self.problem, self.rules, self.plan, random, size)
        seconds = min(WINDOW_SECONDS, self.until - monotonic())
        begun = monotonic()
        self.solve(free, "CP-SAT on windows", seconds, exact=False)
        quick = monotonic() - begun < 0.5 * seconds
        low, high = WINDOW_SIZES
        return min(high, size * 5 // 4) if quick else max(low, size * 4 // 5)

    def solve(self, free: frozenset[int], method: str, seconds: float, exact: bool) -> None:
        """One CP-SAT improvement; OR-Tools is imported here, so that processes that only promise never load it."""
        from planning.engine.improve_cpsat import Improvement
        from planning.engine.solving import Effort

        self.method = method
        self.interrupted()
        bound = self.bound if exact else Objective()
        improvement = Improvement(self.problem, self.rules, self.plan, free, bound, exact=exact)
        self.seed += 1
        effort = Effort(seconds, self.workers, self.seed, self.interrupted)
        improvement.run(effort, lambda better: self.offer(method, better.plan))
        self.refused += improvement.refused
        if exact:
            self.bound = improvement.bound
        self.offer(method, pulled_early(self.problem, self.rules, self.plan)[0])
        self.report()
