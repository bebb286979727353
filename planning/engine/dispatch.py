"""Follow the stations through time: whenever one is free, the waiting operation with the best score starts on it."""

from bisect import bisect_right, insort
from collections.abc import Sequence
from heapq import heappop, heappush
from math import log
from typing import Literal, NamedTuple

from planning.engine.insertion import inserted
from planning.engine.lane import Lane, Slot, StationRules, fixed_assignments, lanes_of
from planning.engine.problem import Assignment, Mode, Plan, Problem
from planning.engine.urgency import Urgency

WIDTH = 48
"""So many waiting operations, the most pressing first, are scored for a free station: keeps dispatch near-linear."""

ARRIVAL, FREE = 0, 1


class Rule(NamedTuple):
    """A dispatch rule; the two scales belong to ATCS: how far ahead due dates are felt, how much changeovers are."""

    name: Literal["due date", "slack", "ATCS"]
    due_scale: float = 1.0
    changeover_scale: float = 1.0


def dispatched(problem: Problem, rules: Sequence[StationRules], urgency: Urgency, rule: Rule) -> Plan:
    """The plan in which a station that could work does, decided by the rule; a leftover at the end is inserted."""
    return _Dispatch(problem, rules, urgency, rule).run()


class _Dispatch:
    """The events of one run: operations arrive when they may start, stations ask for work when they are free."""

    def __init__(self, problem: Problem, rules: Sequence[StationRules], urgency: Urgency, rule: Rule) -> None:
        self.problem, self.rules, self.urgency, self.rule = problem, rules, urgency, rule
        self.lanes = lanes_of(problem, rules, fixed_assignments(problem))
        self.done: list[Assignment | None] = [operation.fixed for operation in problem.operations]
        self.events: list[tuple[int, int, int]] = []
        self.queues: list[list[tuple[int, int]]] = [[] for _ in problem.stations]
        self.wakes: list[int | None] = [None] * len(problem.stations)
        self.waiting = [sum(self.done[p] is None for p in set(o.predecessors)) for o in problem.operations]
        self.duration = [dict(operation.modes) for operation in problem.operations]
        self.due_unit = rule.due_scale * max(1.0, urgency.mean_duration)
        times = [c.default for c in problem.changeovers] + [s for c in problem.changeovers for s in c.seconds.values()]
        positive = [seconds for seconds in times if seconds > 0]
        self.changeover_unit = rule.changeover_scale * (sum(positive) / len(positive) if positive else 1.0)

    def run(self) -> Plan:
        """Let everything happen, then insert what no station ever took."""
        for number, count in enumerate(self.waiting):
            if count == 0 and self.done[number] is None:
                self.announce(number)
        while self.events:
            moment, kind, number = heappop(self.events)
            if kind == ARRIVAL:
                self.arrive(number, moment)
            elif self.wakes[number] == moment:
                self.wakes[number] = None
                self.serve(number, moment)
        return inserted(self.problem, self.rules, self.urgency.slack, planned=[a for a in self.done if a is not None])

    def announce(self, number: int) -> None:
        """The operation's predecessors are all planned: it arrives when the last of them ends."""
        ready = self.problem.earliest(number)
        for predecessor in self.problem.operations[number].predecessors:
            before = self.done[predecessor]
            if before is not None and before.end > ready:
                ready = before.end
        heappush(self.events, (ready, ARRIVAL, number))

    def arrive(self, number: int, moment: int) -> None:
        entry = (self.urgency.slack[number], number)
        for mode in self.problem.operations[number].modes:
            insort(self.queues[mode.station], entry)
            self.wake(mode.station, moment)

    def wake(self, station: int, moment: int) -> None:
        planned = self.wakes[station]
        if planned is None or moment < planned:
            self.wakes[station] = moment
            heappush(self.events, (moment, FREE, station))

    def serve(self, station: int, moment: int) -> None:
        """The station may be free: start something on it, or find out when to ask again."""
        queue = self.queues[station]
        queue[:] = [entry for entry in queue if self.done[entry[1]] is None]
        opening = self.rules[station].time.opens(moment)
        if not queue or opening is None:
            return
        if opening > moment:
            self.wake(station, opening)
            return
        lane = self.lanes[station]
        position = bisect_right(lane.ends, moment)
        limit = self.rules[station].time.closes(moment) or moment
        if position < len(lane.starts):
            if lane.starts[position] <= moment:
                self.wake(station, lane.ends[position])
                return
            limit = min(limit, lane.starts[position])
        family = lane.families[position - 1] if position else self.rules[station].first_family
        for number in self.ranked(station, family, moment):
            slot = self.slot(lane, station, number, moment)
            if slot is not None and slot.start < limit and not self.elsewhere_sooner(station, number, moment, slot):
                self.start(station, number, slot)
                self.wake(station, slot.end)
                return
        self.wake(station, limit)

    def ranked(self, station: int, family: str | None, moment: int) -> list[int]:
        changeovers = self.rules[station].changeovers
        scored = []
        for _, number in self.queues[station][:WIDTH]:
            seconds = 0
            if changeovers is not None and family is not None:
                seconds = changeovers[family, self.problem.operations[number].family]
            scored.append((-self.score(number, self.duration[number][station], seconds, moment), number))
        return [number for _, number in sorted(scored)]

    def score(self, number: int, duration: int, changeover: int, moment: int) -> float:
        if self.rule.name == "due date":
            return -self.urgency.due[number]
        if self.rule.name == "slack":
            return -self.urgency.slack[number]
        weight = self.problem.orders[self.problem.operations[number].order].weight
        slack = self.urgency.due[number] - self.urgency.tail[number] - duration - moment
        return (
            log(max(weight, 0.01)) - log(duration) - max(0, slack) / self.due_unit - changeover / self.changeover_unit
        )

    def slot(self, lane: Lane, station: int, number: int, moment: int, before: int | None = None) -> Slot | None:
        operation = self.problem.operations[number]
        return lane.place(moment, self.duration[number][station], operation.family, operation.pausable, before)

    def elsewhere_sooner(self, station: int, number: int, moment: int, slot: Slot) -> bool:
        """Would the operation end sooner by waiting for another of its stations?"""
        modes: tuple[Mode, ...] = self.problem.operations[number].modes
        return len(modes) > 1 and any(
            self.slot(self.lanes[other], other, number, moment, slot.end) is not None
            for other, _ in modes
            if other != station
        )

    def start(self, station: int, number: int, slot: Slot) -> None:
        self.lanes[station].insert(slot, self.problem.operations[number].family)
        self.done[number] = Assignment(number, station, slot.start, slot.end)
        for successor in set(self.problem.successors[number]):
            self.waiting[successor] -= 1
            if self.waiting[successor] == 0 and self.done[successor] is None:
                self.announce(successor)
