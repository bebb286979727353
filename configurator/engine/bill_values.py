"""Which values an expression can take when its names can take several: never too few, and exactly one of one each.

Truths, words and short lists of numbers are kept as they are; of many numbers the range. Names are taken to vary
independently of each other, so that `x - x` may come out as more than nought: whoever needs to know better splits
the values of x (as in interval constraint solving: Benhamou and Granvilliers, Handbook of Constraint Programming,
2006, chapter 16).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from configurator.engine.expressions import (
    EQUALITY,
    LOGICAL,
    NUMBER_LIMIT,
    ORDER,
    Binary,
    Call,
    Expression,
    Literal,
    Membership,
    Name,
    Negation,
    Value,
)

LISTED_LIMIT = 256
"""Numbers kept one by one; of more only the smallest and the largest are."""
PAIR_LIMIT = 4_096
"""Pairs of numbers that one arithmetic operation is tried on."""

Numbers = frozenset[int] | range
Truths = frozenset[bool]

NOWHERE: Truths = frozenset()
TRUE: Truths = frozenset({True})
FALSE: Truths = frozenset({False})
EITHER: Truths = frozenset({False, True})
NO_NUMBERS: Numbers = frozenset()


@dataclass(frozen=True, slots=True)
class Possible:
    """All values something may have, by kind; `fails` when it may have none."""

    truths: Truths = NOWHERE
    words: frozenset[str] = frozenset()
    numbers: Numbers = NO_NUMBERS
    fails: bool = False

    @property
    def something(self) -> bool:
        """Whether it may have a value at all."""
        return bool(self.truths or self.words or self.numbers)

    @property
    def no_truth(self) -> bool:
        """Whether it may be something else than true or false."""
        return self.fails or bool(self.words or self.numbers)

    @property
    def no_number(self) -> bool:
        """Whether it may be something else than a number."""
        return self.fails or bool(self.words or self.truths)


FAILURE = Possible(fails=True)

Sight = Mapping[str, Possible]
"""What the names of an expression can be."""


def exactly(value: Value) -> Possible:
    """What has this value alone."""
    if isinstance(value, bool):
        return Possible(truths=TRUE if value else FALSE)
    if isinstance(value, str):
        return Possible(words=frozenset({value}))
    return Possible(numbers=frozenset({value}))


def possible(values: Collection[Value]) -> Possible:
    """What has one of the values."""
    return Possible(
        frozenset(value for value in values if isinstance(value, bool)),
        frozenset(value for value in values if isinstance(value, str)),
        numbers_of([value for value in values if isinstance(value, int) and not isinstance(value, bool)]),
    )


def numbers_of(values: Collection[int]) -> Numbers:
    """The numbers themselves if they are few, else the range they lie in."""
    listed = frozenset(values)
    return listed if len(listed) <= LISTED_LIMIT else range(min(listed), max(listed) + 1)


def lowest(numbers: Numbers) -> int:
    """The smallest of some numbers."""
    return numbers[0] if isinstance(numbers, range) else min(numbers)


def highest(numbers: Numbers) -> int:
    """The largest of some numbers."""
    return numbers[-1] if isinstance(numbers, range) else max(numbers)


def within(numbers: Numbers, low: int, high: int) -> Numbers:
    """Those of the numbers that lie between the bounds, both included."""
    if isinstance(numbers, range):
        return range(max(lowest(numbers), low), min(highest(numbers), high) + 1) if numbers else NO_NUMBERS
    return frozenset(number for number in numbers if low <= number <= high)


def possible_values(expression: Expression, sight: Sight) -> Possible:
    """Every value of the expression where each name has one of its values; agrees with `evaluate`."""
    chain: list[Binary] = []
    while isinstance(expression, Binary):
        chain.append(expression)
        expression = expression.left
    found = _single(expression, sight)
    for link in reversed(chain):
        found = _combine(link, found, sight)
    return found


def _single(expression: Expression, sight: Sight) -> Possible:
    match expression:
        case Literal(value):
            return exactly(value)
        case Name(name):
            return sight.get(name, FAILURE)
        case Negation(operand):
            inner = possible_values(operand, sight)
            return Possible(frozenset(not truth for truth in inner.truths), fails=inner.no_truth)
        case Membership(operand, allowed):
            return _membership(possible_values(operand, sight), allowed)
        case Call("if", (condition, then, otherwise)):
            asked = possible_values(condition, sight)
            branches = [possible_values(then if truth else otherwise, sight) for truth in sorted(asked.truths)]
            return _union([*branches, Possible(fails=asked.no_truth)])
        case Call(function, arguments):
            return _extreme(function, [possible_values(argument, sight) for argument in arguments])
    return FAILURE


def _membership(found: Possible, allowed: Collection[Value]) -> Possible:
    wanted = possible(allowed)
    truths = set()
    for have, want in ((found.truths, wanted.truths), (found.words, wanted.words)):
        truths |= {value in want for value in have}
    listed = [number for number in allowed if type(number) is int and number in found.numbers]
    truths |= {True} if listed else set()
    truths |= {False} if len(found.numbers) > len(set(listed)) else set()
    return Possible(frozenset(truths), fails=found.fails)


def _union(found: Iterable[Possible]) -> Possible:
    truths: Truths = NOWHERE
    words: frozenset[str] = frozenset()
    numbers: Numbers = NO_NUMBERS
    fails = False
    for each in found:
        truths, words, fails = truths | each.truths, words | each.words, fails or each.fails
        if not numbers:
            numbers = each.numbers
        elif isinstance(numbers, frozenset) and isinstance(each.numbers, frozenset):
            numbers = numbers_of(numbers | each.numbers)
        elif each.numbers:
            low, high = min(lowest(numbers), lowest(each.numbers)), max(highest(numbers), highest(each.numbers))
            numbers = range(low, high + 1)
    return Possible(truths, words, numbers, fails)


def _extreme(function: str, arguments: list[Possible]) -> Possible:
    fails = any(argument.no_number or _too_far(argument) for argument in arguments)
    columns = [within(argument.numbers, -NUMBER_LIMIT, NUMBER_LIMIT) for argument in arguments]
    if not all(columns):
        return FAILURE
    pick = min if function == "min" else max
    numbers = columns[0]
    for column in columns[1:]:
        if len(numbers) * len(column) <= PAIR_LIMIT:
            numbers = numbers_of({pick(pair) for pair in product(numbers, column)})
        else:
            low, high = pick(lowest(numbers), lowest(column)), pick(highest(numbers), highest(column))
            numbers = range(low, high + 1)
    return Possible(numbers=numbers, fails=fails)


def _too_far(found: Possible) -> bool:
    """Whether it may be a number that no calculation takes."""
    if not found.numbers:
        return False
    return not -NUMBER_LIMIT <= lowest(found.numbers) <= highest(found.numbers) <= NUMBER_LIMIT


def _combine(link: Binary, left: Possible, sight: Sight) -> Possible:
    operator = link.operator
    if operator in LOGICAL:
        return _logical(operator, left, link.right, sight)
    right = possible_values(link.right, sight)
    if operator in EQUALITY:
        return _equality(operator, left, right)
    fails = left.no_number or right.no_number or _too_far(left) or _too_far(right)
    first = within(left.numbers, -NUMBER_LIMIT, NUMBER_LIMIT)
    second = within(right.numbers, -NUMBER_LIMIT, NUMBER_LIMIT)
    if not first or not second:
        return FAILURE
    if operator in ORDER:
        return Possible(_compared(operator, first, second), fails=fails)
    numbers, too_far = _arithmetic(operator, first, second)
    return Possible(numbers=numbers, fails=fails or too_far)


_DECIDED = {("and", False): False, ("or", True): True, ("implies", False): True}


def _logical(operator: str, left: Possible, right: Expression, sight: Sight) -> Possible:
    fails = left.no_truth
    truths: set[bool] = {_DECIDED[operator, truth] for truth in left.truths if (operator, truth) in _DECIDED}
    open_truths = [truth for truth in left.truths if (operator, truth) not in _DECIDED]
    if open_truths:
        second = possible_values(right, sight)
        fails = fails or second.no_truth
        for truth in open_truths:
            truths |= {truth is other for other in second.truths} if operator == "iff" else second.truths
    return Possible(frozenset(truths), fails=fails)


def _equality(operator: str, left: Possible, right: Possible) -> Possible:
    truths: set[bool] = set()
    pairs: tuple[tuple[Collection[Value], Collection[Value]], ...] = (
        (left.truths, right.truths),
        (left.words, right.words),
        (left.numbers, right.numbers),
    )
    for one, other in pairs:
        if one and other:
            few, many = (one, other) if len(one) <= len(other) else (other, one)
            if isinstance(few, range) and isinstance(many, range):
                common = highest(few) >= lowest(many) and highest(many) >= lowest(few)
            else:
                common = any(value in many for value in few)
            truths |= {True} if common else set()
            truths |= {False} if not common or len(one) > 1 or len(other) > 1 else set()
    mixed = any(bool(one) and bool(pairs[n][1]) for k, (one, _) in enumerate(pairs) for n in range(3) if n != k)
    found = truths if operator == "=" else {not truth for truth in truths}
    return Possible(frozenset(found), fails=left.fails or right.fails or mixed)


def _compared(operator: str, first: Numbers, second: Numbers) -> Truths:
    if operator in (">", ">="):
        first, second = second, first
    if operator in ("<", ">"):
        can, cannot = lowest(first) < highest(second), highest(first) >= lowest(second)
    else:
        can, cannot = lowest(first) <= highest(second), highest(first) > lowest(second)
    return frozenset(truth for truth, there in ((True, can), (False, cannot)) if there)


def _arithmetic(operator: str, first: Numbers, second: Numbers) -> tuple[Numbers, bool]:
    """The results, and whether some pair has none: a division by nought, or a number beyond the limit."""
    fails = operator == "//" and 0 in second
    if len(first) * len(second) <= PAIR_LIMIT:
        results = {_calculated(operator, *pair) for pair in product(first, second) if operator != "//" or pair[1]}
        kept = {number for number in results if abs(number) <= NUMBER_LIMIT}
        return numbers_of(kept), fails or len(kept) < len(results)
    ends = {lowest(second), highest(second)}
    if operator == "//":  # monotonous in the divisor on either side of nought
        for side in (within(second, -NUMBER_LIMIT, -1), within(second, 1, NUMBER_LIMIT)):
            ends |= {lowest(side), highest(side)} if side else set()
        ends.discard(0)
    if not ends:
        return NO_NUMBERS, True
    corners = [_calculated(operator, one, other) for one in (lowest(first), highest(first)) for other in ends]
    reached = range(min(corners), max(corners) + 1)
    kept_range = within(reached, -NUMBER_LIMIT, NUMBER_LIMIT)
    return kept_range, fails or not -NUMBER_LIMIT <= reached[0] <= reached[-1] <= NUMBER_LIMIT


def _calculated(operator: str, one: int, other: int) -> int:
    match operator:
        case "+":
            return one + other
        case "-":
            return one - other
        case "*":
            return one * other
    return one // other
