"""The bill of materials: a 150 % bill and a selection give the tree of what is needed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from configurator.engine.errors import (
    BadBillLine,
    BillCycle,
    BillTooLarge,
    DuplicateName,
    ExpressionError,
    NegativeQuantity,
    QuantityTooLarge,
    UnknownItem,
)
from configurator.engine.expressions import Expression, Value, evaluate

QUANTITY_LIMIT = 1_000_000
LINE_LIMIT = 100_000
LEVEL_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Item:
    """Something in the bill: made here or bought. `parameters` are what a line that needs it must say."""

    code: str
    name: str
    made: bool
    unit: str = "piece"
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BillLine:
    """The parent needs `quantity` of the item per piece, if the condition holds."""

    parent: str
    item: str
    quantity: Expression
    condition: Expression | None = None
    parameters: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BillNode:
    """One line of an exploded bill; `quantity` is for the whole order, not per parent."""

    item: Item
    quantity: int
    parameters: Mapping[str, Value]
    level: int
    path: str
    children: tuple["BillNode", ...] = ()

    def walk(self) -> Iterator["BillNode"]:
        """This node and everything below it, parents first."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


def explode(
    root: str,
    items: Sequence[Item],
    lines: Sequence[BillLine],
    selection: Mapping[str, Value],
    quantity: int = 1,
) -> BillNode:
    """The tree of items that `quantity` of the root need under the selection.

    A line's formulas see the parent's parameters first, then the selection. A line whose quantity is
    nought is left out. `path` tells nodes apart: the item codes from the root, numbered where one repeats.
    Raises UnknownItem, BillCycle, NegativeQuantity, QuantityTooLarge, BillTooLarge and BadBillLine.
    """
    return _Explosion(items, lines, selection).node(root, quantity)


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


class _Explosion:
    """One walk down the 150 % bill."""

    def __init__(self, items: Sequence[Item], lines: Sequence[BillLine], selection: Mapping[str, Value]) -> None:
        self.items: dict[str, Item] = {}
        for item in items:
            if item.code in self.items:
                raise DuplicateName("item", item.code)
            self.items[item.code] = item
        self.lines: dict[str, list[BillLine]] = {}
        for line in lines:
            self.lines.setdefault(line.parent, []).append(line)
        self.selection = selection
        self.count = 0

    def node(self, root: str, quantity: int) -> BillNode:
        item = self._item(root, "")
        _check_quantity(root, quantity)
        missing = [name for name in item.parameters if name not in self.selection]
        if missing:
            raise BadBillLine(root, f"parameter {missing[0]}", "the selection has no such value")
        parameters = {name: self.selection[name] for name in item.parameters}
        return self._expand(item, quantity, parameters, (root,), root)

    def _expand(
        self, item: Item, quantity: int, parameters: Mapping[str, Value], above: tuple[str, ...], path: str
    ) -> BillNode:
        self.count += 1
        if self.count > LINE_LIMIT:
            raise BillTooLarge("lines", LINE_LIMIT)
        if len(above) > LEVEL_LIMIT:
            raise BillTooLarge("levels", LEVEL_LIMIT)
        values = {**self.selection, **parameters}
        children: list[BillNode] = []
        seen: dict[str, int] = {}
        for line in self.lines.get(item.code, ()):
            place = f"{path}/{line.item}"
            if not self._holds(line, values, place):
                continue
            if line.item in above:
                raise BillCycle((*above[above.index(line.item) :], line.item))
            child = self._item(line.item, item.code)
            each = self._quantity(line, values, place)
            _check_quantity(place, each)
            if each == 0:
                continue
            total = each * quantity
            _check_quantity(place, total)
            seen[line.item] = seen.get(line.item, 0) + 1
            if seen[line.item] > 1:
                place = f"{place}.{seen[line.item]}"
            passed = self._parameters(line, child, values, place)
            children.append(self._expand(child, total, passed, (*above, line.item), place))
        return BillNode(item, quantity, dict(parameters), len(above) - 1, path, tuple(children))

    def _item(self, code: str, parent: str) -> Item:
        found = self.items.get(code)
        if found is None:
            raise UnknownItem(code, parent)
        return found

    def _holds(self, line: BillLine, values: Mapping[str, Value], place: str) -> bool:
        if line.condition is None:
            return True
        value = _value(line.condition, values, place, "condition")
        if not isinstance(value, bool):
            raise BadBillLine(place, "condition", f"it must be true or false, not {value}")
        return value

    def _quantity(self, line: BillLine, values: Mapping[str, Value], place: str) -> int:
        value = _value(line.quantity, values, place, "quantity")
        if isinstance(value, bool) or not isinstance(value, int):
            raise BadBillLine(place, "quantity", f"it must be a whole number, not {value}")
        return value

    def _parameters(self, line: BillLine, item: Item, values: Mapping[str, Value], place: str) -> dict[str, Value]:
        for name in line.parameters:
            if name not in item.parameters:
                raise BadBillLine(place, f"parameter {name}", f"{item.code} has no such parameter")
        for name in item.parameters:
            if name not in line.parameters:
                raise BadBillLine(place, f"parameter {name}", "the bill line gives no value for it")
        return {name: _value(line.parameters[name], values, place, f"parameter {name}") for name in item.parameters}


def _value(expression: Expression, values: Mapping[str, Value], place: str, what: str) -> Value:
    try:
        return evaluate(expression, values)
    except ExpressionError as error:
        raise BadBillLine(place, what, str(error)) from error


def _check_quantity(place: str, quantity: int) -> None:
    if quantity < 0:
        raise NegativeQuantity(place, quantity)
    if quantity > QUANTITY_LIMIT:
        raise QuantityTooLarge(place, quantity, QUANTITY_LIMIT)
