"""Random small bills without cycles, with phantoms, alternatives, scrap and conditions."""

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import strategies as st

from configurator.engine import BillLine, Binary, Call, Item, Literal, Name


@dataclass(frozen=True)
class SmallBill:
    """A bill that explodes under its selection, whatever the selection says."""

    root: str
    items: tuple[Item, ...]
    lines: tuple[BillLine, ...]
    selection: dict[str, bool | int]
    quantity: int


SCRAPS = st.sampled_from([Decimal("0"), Decimal("0"), Decimal("2.5"), Decimal("10"), Decimal("33.33")])
FLAGS = ("f0", "f1", "f2")


@st.composite
def selections(draw):
    """Three flags and a number."""
    return {**{flag: draw(st.booleans()) for flag in FLAGS}, "n": draw(st.integers(0, 3))}


@st.composite
def bills(draw):
    """Items I0 (the root) to I6, of which each needs some with higher numbers."""
    count = draw(st.integers(2, 7))
    items = []
    for number in range(count):
        leaf = number == count - 1
        items.append(
            Item(
                f"I{number}",
                f"Item {number}",
                made=not leaf,
                parameters=("p",) if number else (),
                phantom=not leaf and number > 0 and draw(st.booleans()),
                scrap=draw(SCRAPS),
            )
        )
    lines: list[BillLine] = []
    for number in range(count - 1):
        for _ in range(draw(st.integers(1, 3))):
            lines.append(_line(draw, number, draw(st.integers(number + 1, count - 1)), ""))
        if draw(st.booleans()):
            group = [_line(draw, number, draw(st.integers(number + 1, count - 1)), "group") for _ in range(2)]
            # The last alternative always holds, so that every selection has a bill.
            last = group[-1]
            group[-1] = BillLine(last.parent, last.item, last.quantity, None, last.parameters, last.one_of, last.scrap)
            lines += group
    return SmallBill("I0", tuple(items), tuple(lines), draw(selections()), draw(st.integers(1, 20)))


def _line(draw, parent: int, item: int, group: str) -> BillLine:
    condition = draw(st.sampled_from([None, *map(Name, FLAGS), Binary("<", Name("n"), Literal(2))]))
    quantity = draw(
        st.sampled_from([Literal(1), Literal(2), Name("n"), Call("if", (Name("f0"), Literal(3), Literal(1)))])
    )
    passed = draw(st.sampled_from([Name("n"), Binary("+", Name("n" if parent == 0 else "p"), Literal(1))]))
    return BillLine(f"I{parent}", f"I{item}", quantity, condition, {"p": passed}, group, draw(SCRAPS))
