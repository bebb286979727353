"""The planning problem as a CP-SAT model: some operations free, the others where a given plan has them.

Each station has two axes: real time, on which operations must not overlap, and its working time, on which changeovers
are counted. Start times are real; the position on the working axis is tied to them by one literal for each working
interval, and only where it is needed: for changeovers and for operations that pause.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import IntVar

from planning.engine.calendar import merged
from planning.engine.lane import StationRules
from planning.engine.problem import Assignment, Plan, Problem


@dataclass(frozen=True, slots=True)
class Choice:
    """An operation on one of its stations: whether it is taken, and its start on the working axis where needed."""

    operation: int
    duration: int
    taken: IntVar
    position: IntVar | None


class PlanModel:
    """The model and its variables; `write_hints` makes the plan in `given` its first solution.

    With `exact`, every plan at least as good as the given one is a solution, so that a bound holds for the problem;
    otherwise operations may not move far behind the given plan, which keeps windows small.
    """

    def __init__(
        self, problem: Problem, rules: Sequence[StationRules], plan: Plan, free: frozenset[int], exact: bool
    ) -> None:
        self.problem, self.rules, self.free, self.exact = problem, rules, free, exact
        self.model = cp_model.CpModel()
        self.given = {a.operation: a for a in plan.assignments}
        self.sequence = [number for number in problem.sequence if number in free]
        self.hints: list[tuple[IntVar, Callable[[], int]]] = []
        self.touched = self._touched_orders()
        self.windows = self._windows()
        self.starts = {n: self.variable(*self.windows[n], partial(self._given_start, n)) for n in self.sequence}
        self.ends = {n: self.variable(*self.windows[n], partial(self._given_end, n)) for n in self.sequence}
        self.choices: list[list[Choice]] = [[] for _ in problem.stations]
        self.intervals: list[list[cp_model.IntervalVar]] = [[] for _ in problem.stations]
        for number in self.sequence:
            self.add_modes(number)
            self.add_precedences(number)
        for station in range(len(problem.stations)):
            self.add_no_overlap(station)
        self.latest_end: dict[int, int] = {}
        self.order_ends = {order: self._order_end(order) for order in self.touched}

    # Variables and hints

    def variable(self, low: int, high: int, hint: Callable[[], int]) -> IntVar:
        """An integer, and how to read its value off the plan in `given`."""
        variable = self.model.new_int_var(low, high, "")
        self.hints.append((variable, lambda: min(max(hint(), low), high)))
        return variable

    def literal(self, hint: Callable[[], bool]) -> IntVar:
        """A yes or no, and how to read it off the plan in `given`."""
        literal = self.model.new_bool_var("")
        self.hints.append((literal, hint))
        return literal

    def write_hints(self) -> None:
        """Hint every variable: an incomplete hint would have to be completed by search."""
        self.model.clear_hints()
        for variable, hint in self.hints:
            self.model.add_hint(variable, int(hint()))

    def is_given(self, number: int, station: int) -> bool:
        """Does the plan in `given` do the operation on this station?"""
        return self.given[number].station == station

    def given_late(self, order: int) -> int:
        """Seconds by which the plan in `given` ends the order late."""
        return max(0, self.given_end(order) - self.problem.orders[order].due)

    def _given_start(self, number: int) -> int:
        return self.given[number].start

    def _given_end(self, number: int) -> int:
        return self.given[number].end

    def assignments(self, solver: cp_model.CpSolver) -> Iterable[Assignment]:
        """Where the solution puts the free operations."""
        for station, choices in enumerate(self.choices):
            for choice in choices:
                if solver.boolean_value(choice.taken):
                    number = choice.operation
                    yield Assignment(
                        number, station, solver.value(self.starts[number]), solver.value(self.ends[number])
                    )

    # Bounds in time

    def _touched_orders(self) -> list[int]:
        """Orders with a free operation whose end the model decides: none of their operations is left out."""
        problem = self.problem
        orders = {problem.operations[number].order for number in self.free}
        return sorted(o for o in orders if all(n in self.given for n in problem.order_operations[o]))

    def given_end(self, order: int) -> int:
        """When the given plan ends the order."""
        members = self.problem.order_operations[order]
        return max(self.given[number].end for number in members if number in self.given)

    def _windows(self) -> dict[int, tuple[int, int]]:
        """Earliest start and latest end of each free operation."""
        problem = self.problem
        heads: dict[int, int] = {}
        quickest: dict[int, int] = {}
        for number in self.sequence:
            operation = problem.operations[number]
            ready = problem.earliest(number)
            for before in operation.predecessors:
                ready = max(ready, quickest[before] if before in self.free else self.given[before].end)
            placed = [self.rules[s].time.place(ready, d, operation.pausable) for s, d in operation.modes]
            heads[number] = ready
            quickest[number] = min(end for _, end in filter(None, placed))
        orders = {problem.operations[number].order for number in self.free}
        due = {order: problem.orders[order].due for order in orders}
        # Where no promise is broken, a better plan breaks none either.
        safe = len(orders) == len(self.touched) and all(self.given_end(order) <= due[order] for order in orders)
        reach = max((self.given[number].end for number in self.free), default=problem.now)
        latest: dict[int, int] = {}
        for number in reversed(self.sequence):
            order = problem.operations[number].order
            limit = due[order] if safe else problem.horizon if self.exact else max(reach, self.given_end(order))
            for after in problem.successors[number]:
                if after in self.free:
                    limit = min(limit, latest[after] - min(mode.duration for mode in problem.operations[after].modes))
                elif after in self.given and problem.operations[after].fixed is None:
                    limit = min(limit, self.given[after].start)
            latest[number] = limit
        return {number: (heads[number], latest[number]) for number in self.sequence}

    # Rules

    def add_modes(self, number: int) -> None:
        """The operation takes exactly one of its stations and lies in that station's working time."""
        operation = self.problem.operations[number]
        taken = {mode.station: self.literal(partial(self.is_given, number, mode.station)) for mode in operation.modes}
        self.model.add_exactly_one(taken.values())
        durations = dict(operation.modes)
        calendars: dict[int, list[int]] = {}
        for station in taken:
            calendars.setdefault(id(self.rules[station].time), []).append(station)
        for stations in calendars.values():
            position = None
            if operation.pausable or any(self.rules[station].changeovers is not None for station in stations):
                position = self._position(number, {station: taken[station] for station in stations})
            for duration in sorted({durations[station] for station in stations}):
                alike = {station: taken[station] for station in stations if durations[station] == duration}
                if operation.pausable and position is not None:
                    self._tie_end(number, alike, duration, position)
                for station, literal in alike.items():
                    self._place(number, station, duration, literal, position)

    def _place(self, number: int, station: int, duration: int, taken: IntVar, position: IntVar | None) -> None:
        start, end, model = self.starts[number], self.ends[number], self.model
        low, high = self.windows[number]
        self.choices[station].append(Choice(number, duration, taken, position))
        size: IntVar | int = duration
        if self.problem.operations[number].pausable:
            size = self.variable(
                duration, max(duration, high - low), lambda: self.given[number].end - self.given[number].start
            )
        else:
            time = self.rules[station].time
            spans = [
                [max(low, opens), min(high, closes) - duration]
                for opens, closes in zip(time.starts, time.ends)
                if max(low, opens) + duration <= min(high, closes)
            ]
            model.add_linear_expression_in_domain(start, cp_model.Domain.from_intervals(spans)).only_enforce_if(taken)
        self.intervals[station].append(model.new_optional_interval_var(start, size, end, taken, ""))

    def _position(self, number: int, used: Mapping[int, IntVar]) -> IntVar:
        """The operation's start on the working axis shared by these stations, if one of them is taken."""
        low, high = self.windows[number]
        time = self.rules[next(iter(used))].time

        def in_interval(opens: int, closes: int) -> bool:
            given = self.given[number]
            return given.station in used and opens <= given.start < closes

        position = self.variable(time.worked(low), time.worked(high), lambda: time.worked(self.given[number].start))
        literals = []
        for opens, closes, worked in zip(time.starts, time.ends, time.worked_before):
            if closes > low and opens < high:
                literal = self.literal(partial(in_interval, opens, closes))
                literals.append(literal)
                self.model.add(self.starts[number] == position + (opens - worked)).only_enforce_if(literal)
                self._within(position, worked, worked + closes - opens - 1, literal)
        self.model.add(sum(literals) == sum(used.values()))
        return position

    def _tie_end(self, number: int, used: Mapping[int, IntVar], duration: int, position: IntVar) -> None:
        """The end of an operation that pauses: `duration` of working time after its start."""
        low, high = self.windows[number]
        time = self.rules[next(iter(used))].time

        def in_interval(opens: int, closes: int) -> bool:
            given = self.given[number]
            return given.station in used and opens < given.end <= closes

        literals = []
        for opens, closes, worked in zip(time.starts, time.ends, time.worked_before):
            if closes > low and opens < high:
                literal = self.literal(partial(in_interval, opens, closes))
                literals.append(literal)
                self.model.add(self.ends[number] == position + (duration + opens - worked)).only_enforce_if(literal)
                self._within(position, worked + 1 - duration, worked + closes - opens - duration, literal)
        self.model.add(sum(literals) == sum(used.values()))

    def _within(self, variable: IntVar, low: int, high: int, literal: IntVar) -> None:
        self.model.add_linear_constraint(variable, low, high).only_enforce_if(literal)

    def add_precedences(self, number: int) -> None:
        """The operation starts after what comes before it; what does not move bounds its window already."""
        for before in self.problem.operations[number].predecessors:
            if before in self.free:
                self.model.add(self.starts[number] >= self.ends[before])

    def add_no_overlap(self, station: int) -> None:
        """The station does one operation at a time, those that do not move included."""
        if not self.intervals[station]:
            return
        low = min(self.windows[choice.operation][0] for choice in self.choices[station])
        high = max(self.windows[choice.operation][1] for choice in self.choices[station])
        # Facts may overlap each other; taken together they cannot contradict the model.
        standing = merged((a.start, a.end) for a in self.standing(station) if a.end > low and a.start < high)
        blocks = [self.model.new_fixed_size_interval_var(start, end - start, "") for start, end in standing]
        self.model.add_no_overlap(self.intervals[station] + blocks)

    def standing(self, station: int) -> list[Assignment]:
        """What stands on the station and does not move, in order of start."""
        some = (a for a in self.given.values() if a.station == station and a.operation not in self.free)
        return sorted(some, key=lambda a: (a.start, a.end))

    def _order_end(self, order: int) -> IntVar:
        """When the last operation of the order ends."""
        problem = self.problem
        members = problem.order_operations[order]
        still = max((self.given[n].end for n in members if n not in self.free), default=problem.now)
        moving = [number for number in members if number in self.free]
        high = max([still, *(self.windows[number][1] for number in moving)])
        end = self.variable(min(still, high), high, partial(self.given_end, order))
        self.latest_end[order] = high
        for number in moving:
            self.model.add(end >= self.ends[number])
        return end
