"""From a bill's made items and their routing steps to the order in which operations may run."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import networkx as nx

from planning.engine.errors import DuplicateKey, PrecedenceCycle, UnknownStep


class RoutingStep(NamedTuple):
    """One step of an item's routing; it runs after the steps numbered in `after` of the same item."""

    number: int
    after: tuple[int, ...] = ()


@dataclass(frozen=True)
class MadeItem:
    """An item of a bill with its own routing, above the items that go into it. `path` is unique within the bill."""

    path: str
    steps: tuple[RoutingStep, ...]
    parts: tuple["MadeItem", ...] = ()

    def walk(self) -> Iterator["MadeItem"]:
        """This item, then everything below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


class RoutedStep(NamedTuple):
    """One operation to be: the step of the item at `path`, and the places in the same sequence that come before it."""

    path: str
    number: int
    predecessors: tuple[int, ...]


def routed_steps(root: MadeItem) -> tuple[RoutedStep, ...]:
    """All steps of the bill in an order in which they could run, each with what must be done before it.

    The first steps of an item wait for the last steps of its parts; a part without steps of its own passes on
    what its parts wait for. Raises `UnknownStep`, `DuplicateKey` and `PrecedenceCycle`.
    """
    graph: nx.DiGraph[tuple[str, int]] = nx.DiGraph()
    seen: set[str] = set()
    for item in root.walk():
        if item.path in seen:
            raise DuplicateKey("item", item.path)
        seen.add(item.path)
        _add_steps(graph, item)
    _join(graph, root)
    try:
        sequence = list(nx.topological_sort(graph))
    except nx.NetworkXUnfeasible:
        cycle = [edge[0] for edge in nx.find_cycle(graph)]
        raise PrecedenceCycle(tuple(_name(node) for node in [*cycle, cycle[0]])) from None
    place = {node: index for index, node in enumerate(sequence)}
    return tuple(
        RoutedStep(path, number, tuple(sorted(place[before] for before in graph.predecessors((path, number)))))
        for path, number in sequence
    )


def _name(node: tuple[str, int]) -> str:
    return f"{node[0]} step {node[1]}"


def _add_steps(graph: "nx.DiGraph[tuple[str, int]]", item: MadeItem) -> None:
    numbers = [step.number for step in item.steps]
    for number in numbers:
        if (item.path, number) in graph:
            raise DuplicateKey("step", _name((item.path, number)))
        graph.add_node((item.path, number))
    for step in item.steps:
        for before in step.after:
            if before not in numbers:
                raise UnknownStep(item.path, step.number, before)
            graph.add_edge((item.path, before), (item.path, step.number))


def _join(graph: "nx.DiGraph[tuple[str, int]]", item: MadeItem) -> list[tuple[str, int]]:
    """Let the item wait for its parts; the steps after which the item itself is there."""
    inputs = [last for part in item.parts for last in _join(graph, part)]
    if not item.steps:
        return inputs
    own = [(item.path, step.number) for step in item.steps]
    firsts = [(item.path, step.number) for step in item.steps if not step.after]
    followed = {(item.path, before) for step in item.steps for before in step.after}
    # With a circle among the item's own steps there may be no first or last; the caller finds the circle itself.
    graph.add_edges_from((before, first) for before in inputs for first in firsts)
    return [node for node in own if node not in followed]


def topological_order(keys: Sequence[str], predecessors: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    """Every operation after all that come before it, otherwise in the given order; raises `PrecedenceCycle`."""
    before = list(predecessors)
    waiting = [len(set(some)) for some in before]
    after: list[list[int]] = [[] for _ in before]
    for operation, some in enumerate(before):
        for predecessor in set(some):
            after[predecessor].append(operation)
    ready = [operation for operation, count in enumerate(waiting) if count == 0]
    for operation in ready:  # grows while it is read
        for successor in after[operation]:
            waiting[successor] -= 1
            if waiting[successor] == 0:
                ready.append(successor)
    if len(ready) < len(before):
        stuck = {operation for operation, count in enumerate(waiting) if count > 0}
        graph = nx.DiGraph([(b, o) for o in stuck for b in before[o] if b in stuck])
        cycle = [edge[0] for edge in nx.find_cycle(graph)]
        raise PrecedenceCycle(tuple(keys[operation] for operation in [*cycle, cycle[0]]))
    return tuple(ready)
