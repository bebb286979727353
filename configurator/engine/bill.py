"""The bill of materials: a 150 % bill and a selection give the tree of what is needed.

*Phantoms* are assemblies nobody makes by themselves: their parts are pulled up to what needs them.

*Alternatives* are lines of one parent with the same `one_of`: the first whose condition holds is taken.

*Scrap* is the per cent of what is taken that is lost, so that gross = net / (1 - scrap), as a yield is counted
(Infor SyteLine, "Scrap Factor"; QAD, "Scrap Factor"; SAP multiplies by 1 + scrap instead). On a line it is what this
use loses (the scrap factor of the APICS Dictionary), on an item what every use loses (its shrinkage factor); on a
made item it also raises what goes into it. The losses on the way down multiply as exact fractions, and the gross
requirement is rounded up once, for the whole order: rounding at every level would ask for two of everything to be
sure of one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil

from configurator.engine.errors import (
    BadBillLine,
    BillCycle,
    BillTooLarge,
    DuplicateName,
    ExpressionError,
    NegativeQuantity,
    NoAlternative,
    QuantityTooLarge,
    UnknownItem,
)
from configurator.engine.expressions import Binary, Expression, Literal, Negation, Value, evaluate

QUANTITY_LIMIT = 1_000_000
"""Pieces of an order, and of anything that one piece of the root needs, scrap included."""
LINE_LIMIT = 100_000
LEVEL_LIMIT = 50
TRIED_LIMIT = 2_000_000
"""Lines of the 150 % bill whose conditions are asked for one bill; a shared assembly's count each time."""

_ALL_GOOD = Fraction(1)


@dataclass(frozen=True, slots=True)
class Item:
    """Something in the bill: made here or bought. `parameters` are what a line that needs it must say."""

    code: str
    name: str
    made: bool
    unit: str = "piece"
    parameters: tuple[str, ...] = ()
    phantom: bool = False
    """Never made by itself: what it needs is needed by its parent."""
    scrap: Decimal = Decimal("0.00")
    """Per cent lost wherever it is used, 0 up to 100, at most two decimals."""


@dataclass(frozen=True, slots=True)
class BillLine:
    """The parent needs `quantity` of the item per piece, if the condition holds."""

    parent: str
    item: str
    quantity: Expression
    condition: Expression | None = None
    parameters: Mapping[str, Expression] = field(default_factory=dict)
    one_of: str = ""
    """Name of the group of alternatives of the parent; the first of them whose condition holds is taken."""
    scrap: Decimal = Decimal("0.00")
    """Per cent lost in this use, besides the item's own."""


@dataclass(frozen=True, slots=True)
class BillNode:
    """One line of an exploded bill; quantities are for the whole order, not per parent."""

    item: Item
    quantity: int
    """What ends up in good products: the net requirement."""
    parameters: Mapping[str, Value]
    level: int
    path: str
    children: tuple["BillNode", ...] = ()
    phantoms: tuple[str, ...] = ()
    """Codes of the phantoms between the parent and this, outermost first."""
    growth: Fraction = _ALL_GOOD
    """What must be taken for each good one, as the losses on the way from the root multiply."""

    @property
    def required(self) -> Fraction:
        """What must be made or bought, scrap included: the gross requirement before it is rounded."""
        return self.quantity * self.growth

    @property
    def gross(self) -> int:
        """The gross requirement, rounded up for the whole order."""
        return ceil(self.required)

    def walk(self) -> Iterator["BillNode"]:
        """This node and everything below it, parents first."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


class Bill:
    """A 150 % bill, sorted once and exploded as often as wanted."""

    def __init__(self, root: str, items: Sequence[Item], lines: Sequence[BillLine]) -> None:
        self.root = root
        self.items: dict[str, Item] = {}
        for item in items:
            if item.code in self.items:
                raise DuplicateName("item", item.code)
            growth_by(item.scrap, item.code)
            self.items[item.code] = item
        below: dict[str, list[BillLine]] = {}
        for line in lines:
            growth_by(line.scrap, f"{line.parent}/{line.item}")
            below.setdefault(line.parent, []).append(line)
        self.below: Mapping[str, tuple[BillLine, ...]] = {parent: tuple(rows) for parent, rows in below.items()}

    def explode(self, selection: Mapping[str, Value], quantity: int = 1) -> BillNode:
        """The tree of items that `quantity` of the root need under the selection; see `explode`."""
        return _Explosion(self, selection, quantity).tree()

    def item(self, code: str, parent: str = "") -> Item:
        """The item called `code`; raises UnknownItem."""
        found = self.items.get(code)
        if found is None:
            raise UnknownItem(code, parent)
        return found


def explode(
    root: str,
    items: Sequence[Item],
    lines: Sequence[BillLine],
    selection: Mapping[str, Value],
    quantity: int = 1,
) -> BillNode:
    """The tree of items that `quantity` of the root need under the selection.

    A line's formulas see the parent's parameters first, then the selection. A line whose quantity is nought is left
    out, and so is a phantom: its lines stand under what needs it. `path` tells nodes apart: the item codes from the
    root, phantoms too, numbered where one repeats.
    Raises UnknownItem, BillCycle, NegativeQuantity, QuantityTooLarge, BillTooLarge, NoAlternative and BadBillLine.
    """
    return Bill(root, items, lines).explode(selection, quantity)


def find_cycle(lines: Sequence[BillLine]) -> tuple[str, ...]:
    """Items that contain themselves under whatever conditions, first one repeated at the end; () if none."""
    below: dict[str, list[str]] = {}
    for line in lines:
        below.setdefault(line.parent, []).append(line.item)
    done: set[str] = set()
    for start in below:
        path, waiting = [start], [iter(below[start])]
        while waiting and start not in done:
            following = next(waiting[-1], None)
            if following is None:
                waiting.pop()
                done.add(path.pop())
            elif following in path:
                return (*path[path.index(following) :], following)
            elif following not in done:
                path.append(following)
                waiting.append(iter(below.get(following, ())))
    return ()


def alternatives_as_conditions(lines: Sequence[BillLine]) -> tuple[BillLine, ...]:
    """The same lines without groups of alternatives: each holds if its condition does and no earlier one's did."""
    earlier: dict[tuple[str, str], Expression] = {}
    resolved: list[BillLine] = []
    for line in lines:
        if not line.one_of:
            resolved.append(line)
            continue
        group = (line.parent, line.one_of)
        before, condition = earlier.get(group), line.condition
        own = condition if condition is not None else Literal(True)
        earlier[group] = own if before is None else Binary("or", before, own)
        if before is not None:
            condition = Negation(before) if condition is None else Binary("and", Negation(before), condition)
        resolved.append(replace(line, one_of="", condition=condition))
    return tuple(resolved)


def growth_by(scrap: Decimal, place: str = "") -> Fraction:
    """What must be taken for one good piece when `scrap` per cent are lost; raises BadBillLine."""
    growth = _growth(scrap)
    if growth is None:
        raise BadBillLine(place, "scrap", f"{scrap} is not a per cent from 0 up to 100 with at most two decimals")
    return growth


@lru_cache(maxsize=10_000)  # as many as there are per cents with two decimals
def _growth(scrap: Decimal) -> Fraction | None:
    if not scrap.is_finite():
        return None
    if not scrap:
        return _ALL_GOOD
    hundredths = scrap * 100
    if not 0 <= hundredths < 10_000 or hundredths != int(hundredths):
        return None
    return Fraction(10_000, 10_000 - int(hundredths))


@dataclass(frozen=True, slots=True)
class Parent:
    """An item on the way down a bill under a selection: how it was reached and what its lines see."""

    item: Item
    each: int
    """Pieces in one good piece of the root."""
    growth: Fraction
    parameters: Mapping[str, Value]
    above: tuple[str, ...]
    path: str
    level: int
    phantoms: tuple[str, ...]

    def sight(self, selection: Mapping[str, Value]) -> Mapping[str, Value]:
        """What the formulas of its lines see: its parameters first, then the selection."""
        return _Sight(self.parameters, selection) if self.parameters else selection


class _Sight(Mapping[str, Value]):
    """One mapping before another, without a copy of either."""

    __slots__ = ("_first", "_then")

    def __init__(self, first: Mapping[str, Value], then: Mapping[str, Value]) -> None:
        self._first, self._then = first, then

    def __getitem__(self, name: str) -> Value:
        return self._first[name] if name in self._first else self._then[name]

    def __contains__(self, name: object) -> bool:
        return name in self._first or name in self._then

    def __iter__(self) -> Iterator[str]:
        return iter({**self._then, **self._first})

    def __len__(self) -> int:
        return len({**self._then, **self._first})


class _Explosion:
    """One walk down the 150 % bill."""

    def __init__(self, bill: Bill, selection: Mapping[str, Value], quantity: int) -> None:
        self.bill, self.selection, self.quantity = bill, selection, quantity
        self.count = self.tried = 0

    def tree(self) -> BillNode:
        _check_quantity(self.bill.root, self.quantity)
        return self._node(root_parent(self.bill, self.selection))

    def _node(self, parent: Parent) -> BillNode:
        return BillNode(
            parent.item,
            parent.each * self.quantity,
            parent.parameters,
            parent.level,
            parent.path,
            tuple(self._children(parent)),
            parent.phantoms,
            parent.growth,
        )

    def _children(self, parent: Parent) -> Iterator[BillNode]:
        """The nodes of all lines of the parent; those of a phantom line are the nodes of its own lines."""
        self.count += 1
        if self.count > LINE_LIMIT:
            raise BillTooLarge("lines", LINE_LIMIT)
        lines = self.bill.below.get(parent.item.code, ())
        self.tried += len(lines)
        if self.tried > TRIED_LIMIT:
            raise BillTooLarge("lines to try", TRIED_LIMIT)
        numbers: dict[str, int] = {}
        groups: dict[str, bool] = {}
        values = parent.sight(self.selection)
        for line in lines:
            if line.one_of and groups.setdefault(line.one_of, False):
                continue
            number = numbers.get(line.item, 0) + 1
            path = f"{parent.path}/{line.item}" + (f".{number}" if number > 1 else "")
            if not line_holds(line, values, path):
                continue
            if line.one_of:
                groups[line.one_of] = True
            below = go_down(self.bill, parent, line, values, path)
            if below is None:
                continue
            numbers[line.item] = number
            if below.item.phantom:
                yield from self._children(below)
            else:
                yield self._node(below)
        for name, taken in groups.items():
            if not taken:
                raise NoAlternative(parent.path, name)


def root_parent(bill: Bill, selection: Mapping[str, Value]) -> Parent:
    """Where every way down begins; the root's own parameters are the features of the same names."""
    root = bill.item(bill.root)
    if root.phantom:
        raise BadBillLine(root.code, "phantom", "the root is what is sold: it cannot be a phantom")
    missing = [name for name in root.parameters if name not in selection]
    if missing:
        raise BadBillLine(root.code, f"parameter {missing[0]}", "the selection has no such value")
    parameters = {name: selection[name] for name in root.parameters}
    return Parent(root, 1, growth_by(root.scrap), parameters, (root.code,), root.code, 0, ())


def go_down(bill: Bill, parent: Parent, line: BillLine, values: Mapping[str, Value], path: str) -> Parent | None:
    """Where a line that holds leads when its parent sees the values; None if it needs nought of its item."""
    if line.item in parent.above:
        raise BillCycle((*parent.above[parent.above.index(line.item) :], line.item))
    item = bill.item(line.item, parent.item.code)
    each = _quantity(line, values, path)
    if each == 0:
        return None
    total = parent.each * each
    growth = parent.growth
    if line.scrap or item.scrap:
        growth = growth * growth_by(line.scrap) * growth_by(item.scrap)
    _check_quantity(path, total, growth)
    parameters = _parameters(line, item, values, path)
    if len(parent.above) >= LEVEL_LIMIT:
        raise BillTooLarge("levels", LEVEL_LIMIT)
    pulled_up = parent.item.phantom
    return Parent(
        item,
        total,
        growth,
        parameters,
        (*parent.above, line.item),
        path,
        parent.level if pulled_up else parent.level + 1,
        (*parent.phantoms, parent.item.code) if pulled_up else (),
    )


def line_holds(line: BillLine, values: Mapping[str, Value], place: str) -> bool:
    """Whether the line's condition holds; raises BadBillLine."""
    if line.condition is None:
        return True
    value = _value(line.condition, values, place, "condition")
    if not isinstance(value, bool):
        raise BadBillLine(place, "condition", f"it must be true or false, not {value}")
    return value


def _quantity(line: BillLine, values: Mapping[str, Value], place: str) -> int:
    """Pieces per piece of the parent; raises BadBillLine, NegativeQuantity and QuantityTooLarge."""
    value = _value(line.quantity, values, place, "quantity")
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadBillLine(place, "quantity", f"it must be a whole number, not {value}")
    _check_quantity(place, value)
    return value


def _parameters(line: BillLine, item: Item, values: Mapping[str, Value], place: str) -> dict[str, Value]:
    """The values that the line passes to its item; raises BadBillLine."""
    for name in line.parameters:
        if name not in item.parameters:
            raise BadBillLine(place, f"parameter {name}", f"{item.code} has no such parameter")
    for name in item.parameters:
        if name not in line.parameters:
            raise BadBillLine(place, f"parameter {name}", "the bill line gives no value for it")
    return {name: _value(line.parameters[name], values, place, f"parameter {name}") for name in item.parameters}


def _check_quantity(place: str, quantity: int, growth: Fraction = _ALL_GOOD) -> None:
    """Refuse a quantity below nought, or beyond the limit with its scrap."""
    if quantity < 0:
        raise NegativeQuantity(place, quantity)
    gross = quantity if growth is _ALL_GOOD else -(-quantity * growth.numerator // growth.denominator)
    if gross > QUANTITY_LIMIT:
        raise QuantityTooLarge(place, gross, QUANTITY_LIMIT)


def _value(expression: Expression, values: Mapping[str, Value], place: str, what: str) -> Value:
    try:
        return evaluate(expression, values)
    except ExpressionError as error:
        raise BadBillLine(place, what, str(error)) from error
