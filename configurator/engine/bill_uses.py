"""Where an item is used: the 150 % bill read upwards."""

from collections.abc import Sequence
from dataclasses import dataclass

from configurator.engine.bill import LINE_LIMIT, BillLine, Item, alternatives_as_conditions
from configurator.engine.errors import BillCycle, BillTooLarge, UnknownItem
from configurator.engine.expressions import Expression


@dataclass(frozen=True, slots=True)
class Use:
    """One way in which an item needs another, whatever is chosen."""

    way: tuple[str, ...]
    """Codes from the item that needs it down to the item itself."""
    conditions: tuple[Expression, ...]
    """All that must hold on the way, from the top; each is written in the words of its own line's parent."""

    @property
    def item(self) -> str:
        """The item that needs it."""
        return self.way[0]

    @property
    def level(self) -> int:
        """1 for a direct use, 2 for a use in something that is used, and so on."""
        return len(self.way) - 1


def where_used(items: Sequence[Item], lines: Sequence[BillLine], code: str) -> tuple[Use, ...]:
    """Every way in which other items need the item, direct uses first, in the order of the bill.

    An alternative is used where its own condition holds and no earlier one's does. Phantoms are named like other
    items. Raises UnknownItem, BillCycle when one of the items contains itself, and BillTooLarge beyond LINE_LIMIT ways.
    """
    if all(item.code != code for item in items):
        raise UnknownItem(code)
    above: dict[str, list[BillLine]] = {}
    for line in alternatives_as_conditions(lines):
        above.setdefault(line.item, []).append(line)
    uses: list[Use] = []
    level = [Use((code,), ())]
    while level:
        higher: list[Use] = []
        for use in level:
            higher += [_over(line, use) for line in above.get(use.item, ())]
            if len(uses) + len(higher) > LINE_LIMIT:
                raise BillTooLarge("uses of one item", LINE_LIMIT)
        uses += higher
        level = higher
    return tuple(uses)


def _over(line: BillLine, use: Use) -> Use:
    if line.parent in use.way:
        raise BillCycle((line.parent, *use.way[: use.way.index(line.parent) + 1]))
    conditions = use.conditions if line.condition is None else (line.condition, *use.conditions)
    return Use((line.parent, *use.way), conditions)
