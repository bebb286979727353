"""Changeovers in the CP-SAT model of a plan.

A precedence for each pair of operations keeps the times, exact because tables satisfy the triangle inequality. What
cannot move divides the station into gaps, and each operation lies in one of them. The sum of changeovers needs to know
who follows whom: a circuit through the operations of a station, added only for the stage that minimises it.
"""

from collections.abc import Iterator
from functools import partial
from itertools import combinations, pairwise
from typing import NamedTuple

from ortools.sat.python.cp_model import BoolVarT, IntVar, LinearExprT

from planning.engine.cpsat_model import Choice, PlanModel
from planning.engine.lane import ChangeoverSeconds

CIRCUIT_NODES = 70
"""A station with more operations than this in the model has its changeovers kept but not minimised."""


class Block(NamedTuple):
    """Something that does not move: from when to when on the working axis, and whether changing over to it counts."""

    start: int
    end: int
    family: str
    counts: bool
    real_start: int


class ChangeoverRules:
    """The changeovers of one station in a model."""

    def __init__(self, plan_model: PlanModel, station: int, seconds: ChangeoverSeconds) -> None:
        self.of, self.model, self.station, self.seconds = plan_model, plan_model.model, station, seconds
        self.choices = plan_model.choices[station]
        self.time = plan_model.rules[station].time
        self.first_family, self.blocks = self._blocks()
        self.gaps = [self._gap_literals(choice) for choice in self.choices]
        self.before: dict[tuple[int, int], BoolVarT] = {}
        self._remembered: tuple[tuple[int, ...], frozenset[tuple[int, int]]] | None = None
        self.add_pairs()

    def family(self, choice: Choice) -> str:
        return self.of.problem.operations[choice.operation].family

    def position(self, choice: Choice) -> IntVar:
        assert choice.position is not None  # the model makes one wherever there are changeovers
        return choice.position

    def is_given_gap(self, choice: Choice, number: int) -> bool:
        """Does the given plan have the operation here, in the gap before block `number`?"""
        if not self.of.is_given(choice.operation, self.station):
            return False
        end = self.of.given[choice.operation].end
        return (number == 0 or self.blocks[number - 1].real_start < end) and (
            number == len(self.blocks) or self.blocks[number].real_start >= end
        )

    def given_before(self, one: Choice, two: Choice) -> bool:
        """Does the given plan do both here, `one` first?"""
        given = self.of.given
        both = all(self.of.is_given(choice.operation, self.station) for choice in (one, two))
        return both and given[one.operation].start < given[two.operation].start

    def _blocks(self) -> tuple[str | None, list[Block]]:
        """The family the station is set up for now, and what stands on it from now on."""
        now, family = self.of.problem.now, self.of.rules[self.station].first_family
        blocks: list[Block] = []
        until = now
        for a in self.of.standing(self.station):
            own = self.of.problem.operations[a.operation].family
            until = max(until, a.end)
            if until <= now:
                family = own
            else:
                blocks.append(Block(self.time.worked(a.start), self.time.worked(until), own, a.start >= now, a.start))
        return family, blocks

    def _gap_literals(self, choice: Choice) -> dict[int, IntVar]:
        """For each gap the operation could lie in, number k being the one before block k, whether it does."""
        family, position = self.family(choice), self.position(choice)
        low, high = (self.time.worked(moment) for moment in self.of.windows[choice.operation])
        literals: dict[int, IntVar] = {}
        for number in range(len(self.blocks) + 1):
            left = self.blocks[number - 1].family if number else self.first_family
            begin = self.blocks[number - 1].end if number else self.time.worked(self.of.problem.now)
            earliest = begin + (0 if left is None else self.seconds[left, family])
            latest = high - choice.duration
            if number < len(self.blocks):
                right = self.blocks[number]
                latest = min(latest, right.start - self.seconds[family, right.family] - choice.duration)
            if max(earliest, low) > latest:
                continue
            literal = self.of.literal(partial(self.is_given_gap, choice, number))
            self.model.add_linear_constraint(position, max(earliest, low), latest).only_enforce_if(literal)
            literals[number] = literal
        self.model.add(sum(literals.values()) == choice.taken)
        return literals

    def add_pairs(self) -> None:
        """Of two operations on the station one comes first, and the changeover to the other fits between them."""
        for (i, one), (j, two) in combinations(enumerate(self.choices), 2):
            there = self.seconds[self.family(one), self.family(two)]
            back = self.seconds[self.family(two), self.family(one)]
            first = self.of.literal(partial(self.given_before, one, two))
            both = [one.taken, two.taken]
            self.before[i, j], self.before[j, i] = first, ~first
            a, b = self.position(one), self.position(two)
            self.model.add(b >= a + one.duration + there).only_enforce_if([first, *both])
            self.model.add(a >= b + two.duration + back).only_enforce_if([~first, *both])

    def circuit_size(self) -> int:
        """Operations and blocks a circuit would run through."""
        low, high = self._range()
        return len(self.choices) + high - low

    def _range(self) -> tuple[int, int]:
        """Blocks from and up to which something can change: those between gaps in use, and the one after."""
        used = [number for literals in self.gaps for number in literals]
        return (min(used, default=0), min(max(used, default=-1) + 1, len(self.blocks)))

    def total(self) -> tuple[LinearExprT, int]:
        """Seconds of changeover on this station, but for those that cannot change; and how many the given plan has."""
        low, high = self._range()
        node_of_block = {block: 1 + len(self.choices) + block - low for block in range(low, high)}
        given = self._given_arcs(node_of_block)
        arcs: list[tuple[int, int, BoolVarT]] = []
        cost: list[LinearExprT] = []
        value = 0
        for tail, head, seconds, implied in self._arcs(low, high, node_of_block):
            literal = self.of.literal(partial(self._is_arc, node_of_block, tail, head))
            for other in implied:
                self.model.add_implication(literal, other)
            arcs.append((tail, head, literal))
            cost.append(seconds * literal)
            value += seconds * ((tail, head) in given)
        arcs += [(1 + i, 1 + i, ~choice.taken) for i, choice in enumerate(self.choices)]
        if not node_of_block:
            arcs.append((0, 0, self.of.literal(lambda: not self._given_arcs(node_of_block))))
        self.model.add_circuit(arcs)
        return sum(cost), value

    def _is_arc(self, node_of_block: dict[int, int], tail: int, head: int) -> bool:
        return (tail, head) in self._given_arcs(node_of_block)

    def _given_arcs(self, node_of_block: dict[int, int]) -> frozenset[tuple[int, int]]:
        """The arcs of the given plan; remembered, as every arc asks for them."""
        starts = tuple(
            self.of.given[choice.operation].start if self.of.is_given(choice.operation, self.station) else -1
            for choice in self.choices
        )
        if self._remembered is None or self._remembered[0] != starts:
            nodes = [(start, 1 + i) for i, start in enumerate(starts) if start >= 0]
            nodes += [(self.blocks[block].real_start, node) for block, node in node_of_block.items()]
            path = [0, *(node for _, node in sorted(nodes)), 0] if nodes else []
            self._remembered = starts, frozenset(pairwise(path))
        return self._remembered[1]

    def _arcs(
        self, low: int, high: int, node_of_block: dict[int, int]
    ) -> Iterator[tuple[int, int, int, list[BoolVarT]]]:
        """From, to, seconds of changeover, and what the arc implies. Node 0 is what stands before the first gap."""
        left = self.blocks[low - 1].family if low else self.first_family
        families = {0: left} | {node: self.blocks[block].family for block, node in node_of_block.items()}
        # Gap k lies between node `after[k]` and, where there is a block, the node of block k.
        after = {low: 0} | {block + 1: node for block, node in node_of_block.items()}
        for i, choice in enumerate(self.choices):
            node, family = 1 + i, self.family(choice)
            for number, inside in self.gaps[i].items():
                previous = families[after[number]]
                yield after[number], node, 0 if previous is None else self.seconds[previous, family], [inside]
                if number in node_of_block:
                    block = self.blocks[number]
                    yield node, node_of_block[number], self.seconds[family, block.family] * block.counts, [inside]
                else:
                    yield node, 0, 0, [inside]
            for j, other in enumerate(self.choices):
                if i != j:
                    seconds = self.seconds[family, self.family(other)]
                    yield node, 1 + j, seconds, [choice.taken, other.taken, self.before[i, j]]
        for number, node in node_of_block.items():
            previous = families[after[number]]
            seconds = 0 if previous is None else self.seconds[previous, self.blocks[number].family]
            yield after[number], node, seconds * self.blocks[number].counts, []
        if node_of_block:
            yield after[high], 0, 0, []
