"""The places of a 150 % bill: every way down to an item, and what can be said about it for many selections at once."""

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from configurator.engine.bill import QUANTITY_LIMIT, Bill, BillLine, Item, growth_by
from configurator.engine.bill_values import (
    EITHER,
    FALSE,
    NO_NUMBERS,
    NOWHERE,
    TRUE,
    Numbers,
    Possible,
    Sight,
    Truths,
    highest,
    lowest,
    possible_values,
    within,
)
from configurator.engine.expressions import Binary, Expression, Literal, Membership, Name, Value, names

Ask = Callable[[Sight, Numbers], Truths]
Features = frozenset[str]
NO_FEATURES: Features = frozenset()
_FAR = 10**100
"""Beyond any number, also those that no formula may calculate but that can be written out."""


@dataclass(frozen=True, eq=False)
class Question:
    """Something that is true or false of a selection, asked of many at once."""

    ask: Ask
    """From what the names can be and how many of the parent one product can have: the possible answers."""
    place: "Place"
    expressions: tuple[Expression, ...]
    """What is evaluated at the place to answer."""
    counts: bool = False
    """Whether the answer also depends on how many of the parent one product has."""

    @cached_property
    def features(self) -> Features:
        """What the answer depends on. Most questions are settled without anybody asking for it."""
        counted = self.place.counted if self.counts else NO_FEATURES
        return counted.union(*(self.place.features(expression) for expression in self.expressions))


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One way down the bill to an item; `steps` must all be answered with yes for a selection to come here."""

    item: Item
    line: BillLine | None
    above: "Place | None"
    codes: tuple[str, ...]
    path: str
    growth: Fraction
    steps: tuple[Question, ...] = ()
    reads: Mapping[str, Features] = field(default_factory=dict)
    """The features behind each parameter of the item."""
    counted: Features = NO_FEATURES
    """The features that decide how many one product needs."""

    def way(self) -> list["Place"]:
        """From the root to here."""
        way: list[Place] = []
        place: Place | None = self
        while place is not None:
            way.append(place)
            place = place.above
        return way[::-1]

    def features(self, expression: Expression) -> Features:
        """The features an expression of a line below this place depends on."""
        found: set[str] = set()
        for name in names(expression):
            found |= self.reads.get(name, frozenset({name}))
        return frozenset(found)

    def enter(self, sight: Sight, total: Numbers, selection: Sight) -> tuple[Sight, Numbers]:
        """What the lines below this place see and how many of it there are, from the same of the place above."""
        line = self.line
        if line is None:
            return sight, total
        each = within(possible_values(line.quantity, sight).numbers, 1, QUANTITY_LIMIT)
        passed = {name: possible_values(formula, sight) for name, formula in line.parameters.items()}
        total = within(multiplied(total, each), 1, largest_total(self.growth))
        return (ChainMap(passed, selection) if passed else selection), total  # type: ignore[arg-type]


def root_place(bill: Bill) -> Place:
    """The place every way begins at; raises UnknownItem."""
    item = bill.item(bill.root)
    return Place(item, None, None, (item.code,), item.code, growth_by(item.scrap))


def place_below(place: Place, line: BillLine, taken: Sequence[Question], item: Item, growth: Fraction) -> Place:
    """Where the line leads if it is taken, needs some of the item and says each of its parameters."""
    steps = [
        *taken,
        some(place, line.quantity),
        Question(_in_limit(line.quantity, growth, 1), place, (line.quantity,), counts=True),
        *(Question(_has_value(formula), place, (formula,)) for formula in line.parameters.values()),
    ]
    return Place(
        item,
        line,
        place,
        (*place.codes, item.code),
        f"{place.path}/{item.code}",
        growth,
        tuple(steps),
        {name: place.features(formula) for name, formula in line.parameters.items()},
        place.counted | place.features(line.quantity),
    )


def chosen(place: Place, line: BillLine, before: Expression | None) -> Iterator[Question]:
    """What must be so for a line of the place to be taken."""
    if before is not None:
        yield Question(_fails(before), place, (before,))
    if line.condition is not None:
        yield Question(_holds(line.condition), place, (line.condition,))


def without_truth(place: Place, expression: Expression) -> Question:
    """Whether an expression that should be true or false is neither."""
    return Question(_neither(expression), place, (expression,))


def without_value(place: Place, expression: Expression) -> Question:
    """Whether an expression has no value at all."""

    def ask(sight: Sight, total: Numbers) -> Truths:
        found = possible_values(expression, sight)
        return _either_way(found.fails, found.something)

    return Question(ask, place, (expression,))


def bad_quantities(place: Place, expression: Expression) -> dict[str, Question]:
    """Whether a quantity is no number, less than nought, or too large by itself."""

    def question(is_bad: Callable[[Possible], bool], is_other: Callable[[Possible], bool]) -> Question:
        def ask(sight: Sight, total: Numbers) -> Truths:
            found = possible_values(expression, sight)
            return _either_way(is_bad(found), is_other(found))

        return Question(ask, place, (expression,))

    def some_in(low: int, high: int) -> Callable[[Possible], bool]:
        return lambda found: bool(within(found.numbers, low, high))

    def some_beyond(low: int, high: int) -> Callable[[Possible], bool]:
        return lambda found: found.no_number or len(within(found.numbers, low, high)) < len(found.numbers)

    return {
        "quantity": question(lambda found: found.no_number, lambda found: bool(found.numbers)),
        "negative quantity": question(some_in(-_FAR, -1), some_beyond(-_FAR, -1)),
        "large quantity": question(some_in(QUANTITY_LIMIT + 1, _FAR), some_beyond(QUANTITY_LIMIT + 1, _FAR)),
    }


def some(place: Place, quantity: Expression) -> Question:
    """Whether a quantity is good and not nought."""
    return Question(_needs_some(quantity), place, (quantity,))


def too_many(place: Place, expression: Expression, growth: Fraction) -> Question:
    """Whether a good quantity becomes too large, multiplied through the levels and with its scrap."""
    fits = _in_limit(expression, growth, 0)

    def ask(sight: Sight, total: Numbers) -> Truths:
        return _opposite(fits(sight, total))

    return Question(ask, place, (expression,), counts=True)


def joined(conditions: Sequence[Expression], sight: Sight) -> list[Expression]:
    """Conditions of which one holds where one of the given does; those that only compare one feature become one.

    A thousand alternatives, one for each option of a feature, are one question so, and mostly settled at once.
    """
    rest: list[Expression] = []
    listed: dict[str, dict[Value, None]] = {}
    for condition in conditions:
        match condition:
            case Binary("=", Name(name), Literal(value)) | Binary("=", Literal(value), Name(name)) if _only(
                sight.get(name), value
            ):
                listed.setdefault(name, {})[value] = None
            case Membership(Name(name), values) if all(_only(sight.get(name), value) for value in values):
                listed.setdefault(name, {}).update(dict.fromkeys(values))
            case _:
                rest.append(condition)
    return [*(Membership(Name(name), tuple(values)) for name, values in listed.items()), *rest]


def _only(found: Possible | None, value: Value) -> bool:
    """Whether everything possible is of the value's kind, a word or a number, so that comparing cannot fail."""
    if found is None or found.fails or isinstance(value, bool) or found.truths:
        return False
    return not found.numbers if isinstance(value, str) else not found.words


def none_holds(place: Place, conditions: Sequence[Expression]) -> Question:
    """Whether every one of the conditions is false."""

    def ask(sight: Sight, total: Numbers) -> Truths:
        return _all_of([_fails(condition)(sight, total) for condition in conditions])

    return Question(ask, place, tuple(conditions))


def needs_nothing(place: Place, lines: Sequence[BillLine]) -> Question:
    """Whether no line needs anything: of alternatives, that the one that is taken does not."""

    def ask(sight: Sight, total: Numbers) -> Truths:
        reached: dict[str, Truths] = {}
        empty: dict[str, list[Truths]] = {}
        unused = []
        for line in lines:
            holds = TRUE if line.condition is None else _holds(line.condition)(sight, total)
            needs = _needs_some(line.quantity)(sight, total)
            if not line.one_of:
                unused.append(_opposite(_all_of([holds, needs])))
                continue
            before = reached.get(line.one_of, TRUE)
            reached[line.one_of] = _all_of([before, _opposite(holds)])
            empty.setdefault(line.one_of, []).append(_all_of([before, holds, _opposite(needs)]))
        return _all_of([*unused, *(_some_of(each) for each in empty.values())])

    read = tuple(each for line in lines for each in (line.condition, line.quantity) if each is not None)
    return Question(ask, place, read)


def _opposite(answer: Truths) -> Truths:
    return frozenset(not truth for truth in answer)


def multiplied(total: Numbers, each: Numbers) -> Numbers:
    """Products of positive numbers, as a range unless one of the two is a single number."""
    if not total or not each:
        return NO_NUMBERS
    if lowest(total) == highest(total) == 1:
        return each
    if len(total) * len(each) <= 64:
        return frozenset(one * other for one in total for other in each)
    return range(lowest(total) * lowest(each), highest(total) * highest(each) + 1)


def largest_total(growth: Fraction) -> int:
    """How many good pieces one product may need so that with scrap they stay within the limit."""
    return QUANTITY_LIMIT * growth.denominator // growth.numerator


def _either_way(yes: bool, no: bool) -> Truths:
    return EITHER if yes and no else TRUE if yes else FALSE if no else NOWHERE


def _all_of(answers: Sequence[Truths]) -> Truths:
    return _either_way(all(True in answer for answer in answers), any(False in answer for answer in answers))


def _some_of(answers: Sequence[Truths]) -> Truths:
    return _either_way(any(True in answer for answer in answers), all(False in answer for answer in answers))


def _holds(condition: Expression) -> Ask:
    def ask(sight: Sight, total: Numbers) -> Truths:
        found = possible_values(condition, sight)
        return _either_way(True in found.truths, False in found.truths or found.no_truth)

    return ask


def _fails(condition: Expression) -> Ask:
    def ask(sight: Sight, total: Numbers) -> Truths:
        found = possible_values(condition, sight)
        return _either_way(False in found.truths, True in found.truths or found.no_truth)

    return ask


def _neither(condition: Expression) -> Ask:
    def ask(sight: Sight, total: Numbers) -> Truths:
        found = possible_values(condition, sight)
        return _either_way(found.no_truth, bool(found.truths))

    return ask


def _needs_some(quantity: Expression) -> Ask:
    def ask(sight: Sight, total: Numbers) -> Truths:
        found = possible_values(quantity, sight)
        good = within(found.numbers, 1, QUANTITY_LIMIT)
        other = found.no_number or len(good) < len(found.numbers)
        return _either_way(bool(good), other)

    return ask


def _in_limit(quantity: Expression, growth: Fraction, least: int) -> Ask:
    limit = largest_total(growth)

    def ask(sight: Sight, total: Numbers) -> Truths:
        each = within(possible_values(quantity, sight).numbers, least, QUANTITY_LIMIT)
        product = multiplied(total, each)
        return _either_way(lowest(product) <= limit, highest(product) > limit) if product else FALSE

    return ask


def _has_value(formula: Expression) -> Ask:
    def ask(sight: Sight, total: Numbers) -> Truths:
        found = possible_values(formula, sight)
        return _either_way(found.something, found.fails)

    return ask
