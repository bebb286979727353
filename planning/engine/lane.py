"""What stands on one station over time, and the first gap that takes one more operation."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from planning.engine.problem import Assignment, Changeover, Interval, Problem
from planning.engine.working_time import WorkingTime


class Slot(NamedTuple):
    """A place in a lane: from when to when, and before which of its occupants."""

    start: int
    end: int
    position: int


class ChangeoverSeconds(dict[tuple[str, str], int]):
    """A changeover table that remembers every answer."""

    def __init__(self, table: Changeover) -> None:
        super().__init__()
        self.table = table

    def __missing__(self, pair: tuple[str, str]) -> int:
        self[pair] = seconds = self.table.between(*pair)
        return seconds


class StationRules(NamedTuple):
    """What does not change while a station fills: its calendar, changeovers if any, first family, and now."""

    time: WorkingTime
    changeovers: ChangeoverSeconds | None
    first_family: str | None
    now: int


class Lane:
    """The occupied stretches of one station in order of start; their ends never decrease."""

    __slots__ = ("ends", "families", "rules", "starts")

    def __init__(self, rules: StationRules, stretches: Iterable[tuple[int, int, str]] = ()) -> None:
        """Stretches are (start, end, family). Facts may overlap: then the later one is taken to end last."""
        ordered = sorted(stretches, key=lambda stretch: stretch[:2])
        self.rules = rules
        self.starts = [start for start, _, _ in ordered]
        self.ends = list(accumulate((end for _, end, _ in ordered), max))
        self.families = [family for _, _, family in ordered]

    def copy(self) -> "Lane":
        """A lane that can be filled further without touching this one."""
        other = Lane(self.rules)
        other.starts, other.ends, other.families = self.starts.copy(), self.ends.copy(), self.families.copy()
        return other

    def under(self, rules: StationRules) -> "Lane":
        """The same occupants under other rules, shared, not copied."""
        other = Lane(rules)
        other.starts, other.ends, other.families = self.starts, self.ends, self.families
        return other

    def place(self, ready: int, duration: int, family: str, pausable: bool, before: int | None = None) -> Slot | None:
        """The earliest slot from `ready` on that leaves everything else where it is; None if there is none.

        Changeovers are kept on both sides. With `before`, only a slot that ends earlier than that counts.
        """
        time, changeovers, first_family, now = self.rules
        starts, ends, families = self.starts, self.ends, self.families
        count = len(starts)
        ready = max(ready, now)
        for position in range(bisect_right(ends, ready), count + 1):
            since = ends[position - 1] if position else now
            start = max(ready, since)
            if before is not None and start + duration >= before:
                return None
            if position < count and start + duration > starts[position]:
                continue
            if changeovers is not None:
                left = families[position - 1] if position else first_family
                needed = changeovers[left, family] if left is not None else 0
                if needed:
                    moment = time.moment_after(time.worked(max(since, now)) + needed)
                    if moment is None:
                        continue
                    start = max(start, moment)
            placed = time.place(start, duration, pausable)
            if placed is None or (before is not None and placed[1] >= before):
                continue
            if position < count:
                following = starts[position]
                if placed[1] > following:
                    continue
                if changeovers is not None:
                    needed = changeovers[family, families[position]]
                    if needed and time.worked(following) - time.worked(placed[1]) < needed:
                        continue
            return Slot(placed[0], placed[1], position)
        return None

    def insert(self, slot: Slot, family: str) -> None:
        """Occupy the slot that `place` found."""
        self.starts.insert(slot.position, slot.start)
        self.ends.insert(slot.position, slot.end)
        self.families.insert(slot.position, family)

    def stretches(self) -> Iterable[tuple[int, int, str]]:
        """What occupies the station, as the constructor takes it."""
        return zip(self.starts, self.ends, self.families, strict=True)


def station_rules(problem: Problem) -> tuple[StationRules, ...]:
    """The rules of every station; stations with equal calendars share one `WorkingTime`."""
    times: dict[tuple[Interval, ...], WorkingTime] = {}
    seconds = {id(table): ChangeoverSeconds(table) for table in problem.changeovers}
    rules = []
    for number, station in enumerate(problem.stations):
        if station.open not in times:
            times[station.open] = WorkingTime(station.open)
        table = problem.station_changeover[number]
        changeovers = None if table is None else seconds[id(table)]
        rules.append(StationRules(times[station.open], changeovers, problem.initial_family.get(number), problem.now))
    return tuple(rules)


def lanes_of(problem: Problem, rules: Sequence[StationRules], assignments: Iterable[Assignment]) -> list[Lane]:
    """One lane for each station with these assignments in it."""
    stretches: list[list[tuple[int, int, str]]] = [[] for _ in problem.stations]
    for a in assignments:
        stretches[a.station].append((a.start, a.end, problem.operations[a.operation].family))
    return [Lane(rule, some) for rule, some in zip(rules, stretches, strict=True)]


def fixed_assignments(problem: Problem) -> list[Assignment]:
    """The facts: what is done, running or frozen."""
    return [operation.fixed for operation in problem.operations if operation.fixed is not None]
