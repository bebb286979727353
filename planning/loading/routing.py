"""From a bill of materials to the operations that build one unit."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from configurator.api import BillNode, ExpressionError, RuleSyntaxError, Value
from planning import engine
from planning.engine import MadeItem, RoutingStep, routed_steps
from planning.loading.formulas import formula_value
from planning.models import Routing, RoutingOperation


class CannotBeRouted(Exception):
    """An order cannot become operations; the text is a sentence for the planner."""


@dataclass(frozen=True, slots=True)
class RoutedOperation:
    """One operation to be, of one unit: predecessors are positions in the same sequence."""

    path: str
    item_code: str
    item_name: str
    step_number: int
    name: str
    capability: str
    recipe: str
    parameters: Mapping[str, Value]
    materials: Mapping[str, Fraction]
    """Bought items one unit takes, scrap included, which need not be whole pieces."""
    seconds: int
    family: str
    pausable: bool
    predecessors: tuple[int, ...]

    def materials_of(self, unit: int) -> dict[str, int]:
        """What the unit takes, counted from 1, in whole pieces: all units together round up once."""
        taken = {code: ceil(each * unit) - ceil(each * (unit - 1)) for code, each in self.materials.items()}
        return {code: pieces for code, pieces in taken.items() if pieces}


@dataclass(frozen=True)
class Routings:
    """All routings of the plants, by item."""

    steps: Mapping[str, tuple[RoutingOperation, ...]]

    @classmethod
    def load(cls) -> "Routings":
        """Two queries for all of them."""
        rows = Routing.objects.prefetch_related("operations")
        return cls({routing.item_code: tuple(routing.operations.all()) for routing in rows})

    def operations(self, bill: BillNode) -> tuple[RoutedOperation, ...]:
        """The operations that build one unit of the bill's root; raises `CannotBeRouted` and `PrecedenceCycle`."""
        nodes = {node.path: node for node in bill.walk() if node.item.made}
        sequence = routed_steps(self._made(bill))
        return tuple(self._operation(nodes[step.path], step) for step in sequence)

    def _made(self, node: BillNode) -> MadeItem:
        if node.item.made and node.item.code not in self.steps:
            raise CannotBeRouted(f"No routing says how {node.item.name} ({node.item.code}) is made.")
        return MadeItem(
            path=node.path,
            steps=tuple(RoutingStep(step.number, tuple(step.after)) for step in self.steps.get(node.item.code, ())),
            parts=tuple(self._made(child) for child in node.children if child.item.made),
        )

    def _operation(self, node: BillNode, step: engine.RoutedStep) -> RoutedOperation:
        row = next(row for row in self.steps[node.item.code] if row.number == step.number)
        return RoutedOperation(
            path=node.path,
            item_code=node.item.code,
            item_name=node.item.name,
            step_number=row.number,
            name=row.name,
            capability=row.capability,
            recipe=row.recipe,
            parameters=dict(node.parameters),
            materials=_materials(node) if row.number == min(s.number for s in self.steps[node.item.code]) else {},
            # The bill's quantity is for one unit: two wheels are laced in one operation of twice the work.
            seconds=_seconds(row, node) * node.quantity,
            family=_family(row, node),
            pausable=row.pausable,
            predecessors=step.predecessors,
        )


def _materials(node: BillNode) -> dict[str, Fraction]:
    needed: dict[str, Fraction] = defaultdict(Fraction)
    for child in node.children:
        if not child.item.made:
            needed[child.item.code] += child.required
    return dict(needed)


def _seconds(row: RoutingOperation, node: BillNode) -> int:
    try:
        seconds = formula_value(row.seconds, node.parameters)
    except (ExpressionError, RuleSyntaxError) as error:
        raise CannotBeRouted(
            f"The duration of {row.name} for {node.item.code}, {row.seconds!r}, has no value: {error}"
        ) from error
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds <= 0:
        raise CannotBeRouted(
            f"The duration of {row.name} for {node.item.code} comes out as {seconds} s; it must be a positive number."
        )
    return seconds


def _family(row: RoutingOperation, node: BillNode) -> str:
    if not row.family:
        return ""
    try:
        return str(formula_value(row.family, node.parameters))
    except (ExpressionError, RuleSyntaxError) as error:
        raise CannotBeRouted(
            f"The family of {row.name} for {node.item.code}, {row.family!r}, has no value: {error}"
        ) from error
