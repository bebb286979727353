"""What two bills need differently: line by line, and summed for each item."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil

from configurator.engine.bill import BillNode, Item
from configurator.engine.expressions import Value


@dataclass(frozen=True, slots=True)
class ItemTotal:
    """What a whole bill needs of one item: `quantity` net, `gross` with scrap and rounded up once."""

    item: Item
    quantity: int
    gross: int


class ChangeKind(StrEnum):
    """What became of a line of the bill."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line that only one of two bills has, or both have with another quantity or other parameters."""

    before: BillNode | None
    after: BillNode | None

    @property
    def kind(self) -> ChangeKind:
        """Added, removed or changed."""
        if self.before is None:
            return ChangeKind.ADDED
        return ChangeKind.REMOVED if self.after is None else ChangeKind.CHANGED

    @property
    def path(self) -> str:
        """Where the line stands in the bill after the change, or stood before it was removed."""
        node = self.after or self.before
        assert node is not None
        return node.path

    @property
    def parameters(self) -> Mapping[str, tuple[Value | None, Value | None]]:
        """Parameters of a changed line that have another value: before and after; None where there was no such one."""
        if self.before is None or self.after is None:
            return {}
        old, new = self.before.parameters, self.after.parameters
        names = dict.fromkeys((*old, *new))
        return {name: (old.get(name), new.get(name)) for name in names if not _same(old.get(name), new.get(name))}


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item of which the whole bill needs another quantity; nought where it is not needed at all."""

    item: Item
    before: int
    after: int
    gross_before: int
    gross_after: int


@dataclass(frozen=True, slots=True)
class BillDifference:
    """What changes from one bill to another: `lines` in the order of the bill, `items` in the order of their codes."""

    lines: tuple[LineChange, ...]
    items: tuple[ItemChange, ...]


def item_totals(bill: BillNode) -> dict[str, ItemTotal]:
    """What the bill needs of each item, by code and in the order of the bill."""
    items: dict[str, Item] = {}
    net: dict[str, int] = {}
    required: dict[str, int | Fraction] = {}
    for node in bill.walk():
        code = node.item.code
        items.setdefault(code, node.item)
        net[code] = net.get(code, 0) + node.quantity
        required[code] = required.get(code, 0) + (node.quantity if node.growth == 1 else node.required)
    return {code: ItemTotal(item, net[code], ceil(required[code])) for code, item in items.items()}


def bill_difference(before: BillNode, after: BillNode) -> BillDifference:
    """What has to be added, left out and changed to come from one bill to the other.

    Lines are matched from the top: by item and phantoms among the lines of one parent; where an item repeats first
    those that are alike in quantity and parameters, then those alike in parameters, then in their order. A line that
    is added or removed stands for itself: the lines below it follow as changes of their own.
    """
    return BillDifference(tuple(_line_changes(before, after)), _item_changes(before, after))


def _item_changes(before: BillNode, after: BillNode) -> tuple[ItemChange, ...]:
    old, new = item_totals(before), item_totals(after)
    changes = []
    for code in sorted({*old, *new}):
        was, becomes = old.get(code), new.get(code)
        change = ItemChange(
            new[code].item if becomes else old[code].item,
            was.quantity if was else 0,
            becomes.quantity if becomes else 0,
            was.gross if was else 0,
            becomes.gross if becomes else 0,
        )
        if (change.before, change.gross_before) != (change.after, change.gross_after):
            changes.append(change)
    return tuple(changes)


def _line_changes(before: BillNode, after: BillNode) -> Iterator[LineChange]:
    waiting: list[tuple[BillNode | None, BillNode | None]] = (
        [(before, after)] if before.item.code == after.item.code else [(None, after), (before, None)]
    )
    while waiting:
        old, new = waiting.pop()
        if old is None or new is None or not _alike(old, new):
            yield LineChange(old, new)
        pairs = _pairs(old.children if old is not None else (), new.children if new is not None else ())
        waiting.extend(reversed(pairs))


def _alike(old: BillNode, new: BillNode) -> bool:
    return (
        old.quantity == new.quantity
        and old.gross == new.gross
        and old.parameters.keys() == new.parameters.keys()
        and all(_same(value, new.parameters[name]) for name, value in old.parameters.items())
    )


def _same(one: Value | None, other: Value | None) -> bool:
    return type(one) is type(other) and one == other  # True == 1 in Python, not in the rule language


Pair = tuple[BillNode | None, BillNode | None]
Key = tuple[object, ...]


def _pairs(old: Sequence[BillNode], new: Sequence[BillNode]) -> list[Pair]:
    """Each child of either side, with its counterpart where it has one: the new ones in order, then those left out."""
    partner: dict[int, BillNode] = {}
    left_old, left_new = list(old), list(enumerate(new))
    for key_of in (_full_key, _parameter_key, _item_key):
        waiting: dict[Key, list[BillNode]] = {}
        for node in left_old:
            waiting.setdefault(key_of(node), []).append(node)
        for queue in waiting.values():
            queue.reverse()
        unmatched = []
        for place, node in left_new:
            queue = waiting.get(key_of(node), [])
            if queue:
                partner[place] = queue.pop()
            else:
                unmatched.append((place, node))
        matched = {id(node) for node in partner.values()}
        left_old = [node for node in left_old if id(node) not in matched]
        left_new = unmatched
    pairs: list[Pair] = [(partner.get(place), node) for place, node in enumerate(new)]
    return [*pairs, *((node, None) for node in left_old)]


def _item_key(node: BillNode) -> Key:
    return (node.item.code, node.phantoms)


def _parameter_key(node: BillNode) -> Key:
    values = tuple((name, type(value), value) for name, value in node.parameters.items())
    return (*_item_key(node), values)


def _full_key(node: BillNode) -> Key:
    return (*_parameter_key(node), node.quantity)
