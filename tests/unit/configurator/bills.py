"""Random small bills without cycles, with phantoms, alternatives, scrap and conditions."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from hypothesis import strategies as st

from configurator.engine import Bill, BillLine, Binary, Call, Item, Literal, Membership, Name, Negation


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


DOMAINS = {"f0": (False, True), "f1": (False, True), "w": ("a", "b", "c"), "n": (0, 1, 3), "m": (-5, 9000)}


class Enumerated:
    """Answers about a list of valid selections, given by looking at each: an oracle of its own."""

    def __init__(self, valid):
        self.valid = valid

    def valid_domains(self, choices):
        def fit(kept):
            return [s for s in self.valid if all(s[name] == value for name, value in kept.items())]

        assert fit(choices)
        return {
            name: frozenset(s[name] for s in fit({other: v for other, v in choices.items() if other != name}))
            for name in DOMAINS
        }

    def complete(self, choices, preferences):
        return next(s for s in self.valid if all(s[name] == value for name, value in choices.items()))


@st.composite
def enumerated(draw):
    """Some of all selections: those without a few forbidden combinations."""
    partial = st.fixed_dictionaries({}, optional={name: st.sampled_from(domain) for name, domain in DOMAINS.items()})
    forbidden = [each for each in draw(st.lists(partial, max_size=4)) if each]
    everything = [dict(zip(DOMAINS, values)) for values in product(*DOMAINS.values())]
    valid = [s for s in everything if not any(all(s[n] == v for n, v in each.items()) for each in forbidden)]
    return Enumerated(valid or everything[:1])


def wild_numbers():
    """Formulas that may have no value, or one that no quantity has."""
    leaves = st.sampled_from([Literal(1), Literal(0), Name("n"), Name("n"), Name("m"), Name("p"), Literal(-1)])
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Binary, st.sampled_from(["+", "-", "*", "//"]), inner, inner),
            st.builds(lambda name, a, b: Call("if", (Name(name), a, b)), st.sampled_from(["f0", "f1"]), inner, inner),
            st.builds(lambda name, a, b: Call(name, (a, b)), st.sampled_from(["min", "max"]), inner, inner),
        ),
        max_leaves=4,
    )


def wild_truths():
    """Conditions that may have no value, or one that is no truth."""
    leaves = st.one_of(
        st.sampled_from([Name("f0"), Name("f1"), Literal(True), Name("p")]),
        st.builds(Binary, st.sampled_from(["<", "=", "!=", ">="]), wild_numbers(), wild_numbers()),
        st.sampled_from("abc").map(lambda word: Binary("=", Name("w"), Literal(word))),
        st.lists(st.sampled_from("abc"), min_size=1).map(lambda words: Membership(Name("w"), tuple(words))),
        st.lists(st.integers(0, 2), min_size=1).map(lambda listed: Membership(Name("n"), tuple(listed))),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Binary, st.sampled_from(["and", "or", "implies", "iff", "="]), inner, inner),
            st.builds(Negation, inner),
        ),
        max_leaves=3,
    )


WILD_NUMBERS = wild_numbers()
WILD_TRUTHS = wild_truths()
WILD_VALUES = st.one_of(WILD_NUMBERS, WILD_TRUTHS)
WILD_QUANTITIES = st.one_of(st.just(Literal(1)), WILD_NUMBERS)
WILD_CONDITIONS = st.one_of(st.none(), WILD_TRUTHS)


@st.composite
def wild_bills(draw):
    """A bill in which anything may be wrong, for some selections or for all."""
    count = draw(st.integers(2, 5))
    items = [Item("I0", "Root", made=True)]
    for number in range(1, count):
        phantom = draw(st.sampled_from([False, False, True]))
        parameters = draw(st.sampled_from([(), ("p",), ("p",)]))
        items.append(Item(f"I{number}", f"Item {number}", True, "piece", parameters, phantom, draw(SCRAPS)))
    lines = []
    for _ in range(draw(st.integers(1, 7))):
        parent = draw(st.integers(0, count - 1))
        # Mostly downwards; now and then upwards, which is a cycle, or to an item that is not there.
        item = draw(st.sampled_from([*range(parent + 1, count)] * 4 + [parent, count]))
        parameters = items[item].parameters if item < count else ()
        passed = {name: draw(WILD_VALUES) for name in parameters}
        if draw(st.integers(0, 9)) == 0:
            passed = {}
        lines.append(
            BillLine(
                f"I{parent}",
                f"I{item}",
                draw(WILD_QUANTITIES),
                draw(WILD_CONDITIONS),
                passed,
                draw(st.sampled_from(["", "", "g"])),
                draw(SCRAPS),
            )
        )
    return Bill("I0", items, lines)
