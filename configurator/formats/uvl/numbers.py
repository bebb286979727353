"""Exact arithmetic over what a configuration decides, and its comparisons in the engine's whole numbers.

A `Sum` adds up terms with rational factors; a `Quotient` is one sum divided by another. A term is an expression of
the engine with a whole value, such as a feature's number, or `if(feature, 1, 0)`. Nothing is ever rounded: a
comparison is multiplied by the common denominator of its factors.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor, gcd, lcm

from configurator.engine.expressions import NUMBER_LIMIT, Binary, Call, Expression, Literal, Negation
from configurator.engine.model import INTEGER_LIMIT
from configurator.formats.uvl.logic import FALSE, TRUE

TERM_LIMIT = 64
"""Products of sums are multiplied out up to so many terms."""
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
ONE = Literal(1)


class NumbersTooLarge(Exception):
    """A constraint that calculates with numbers beyond what the engine calculates with."""

    def __init__(self) -> None:
        super().__init__(f"the numbers of this constraint go beyond {INTEGER_LIMIT:,}")


@dataclass(frozen=True)
class Sum:
    """Terms with their factors, none of them nought, and a constant."""

    terms: Mapping[Expression, Fraction] = field(default_factory=dict)
    constant: Fraction = Fraction(0)

    def plus(self, other: "Sum", factor: Fraction = Fraction(1)) -> "Sum":
        """This sum and the other one, taken `factor` times."""
        terms = dict(self.terms)
        for term, each in other.terms.items():
            terms[term] = terms.get(term, Fraction(0)) + factor * each
        return Sum(_without_noughts(terms), self.constant + factor * other.constant)

    def times(self, factor: Fraction) -> "Sum":
        """This sum, taken `factor` times."""
        return Sum().plus(self, factor)


@dataclass(frozen=True)
class Quotient:
    """`top / bottom`; wherever it is used, `bottom` is known not to be nought."""

    top: Sum
    bottom: Sum = Sum(constant=Fraction(1))


def indicator(condition: Expression) -> Expression:
    """The term that is 1 where the condition holds and 0 elsewhere."""
    return Call("if", (condition, ONE, Literal(0)))


class Arithmetic:
    """Sums and quotients over terms whose least and greatest values are known."""

    def __init__(self) -> None:
        self.ranges: dict[Expression, tuple[int, int]] = {}

    def term(self, term: Expression, low: int, high: int, factor: Fraction = Fraction(1)) -> Sum:
        """The sum of one term, whose value lies between `low` and `high`."""
        if low == high:
            return Sum(constant=factor * low)
        self.ranges[term] = (low, high)
        return Sum({term: factor})

    def bounds(self, number: Sum) -> tuple[Fraction, Fraction]:
        """What the sum is at least and at most."""
        low = high = number.constant
        for term, factor in number.terms.items():
            ends = [factor * end for end in self.ranges[term]]
            low, high = low + min(ends), high + max(ends)
        return low, high

    # Calculating

    def add(self, left: Quotient, right: Quotient, sign: int = 1) -> Quotient:
        """left + right, or with sign -1 left - right."""
        if left.bottom == right.bottom:
            return Quotient(left.top.plus(right.top, Fraction(sign)), left.bottom)
        first, second = self.product(left.top, right.bottom), self.product(right.top, left.bottom)
        return Quotient(first.plus(second, Fraction(sign)), self.product(left.bottom, right.bottom))

    def multiply(self, left: Quotient, right: Quotient) -> Quotient:
        """left * right."""
        return Quotient(self.product(left.top, right.top), self.product(left.bottom, right.bottom))

    def divide(self, left: Quotient, right: Quotient) -> tuple[Quotient, Expression]:
        """left / right, and the condition under which that is a number."""
        fits = self.compare("!=", right, Quotient(Sum()))
        return Quotient(self.product(left.top, right.bottom), self.product(left.bottom, right.top)), fits

    def product(self, left: Sum, right: Sum) -> Sum:
        """left * right, multiplied out where that stays short."""
        if not left.terms or not right.terms:
            single, many = (left, right) if not left.terms else (right, left)
            return many.times(single.constant)
        if len(left.terms) * len(right.terms) > TERM_LIMIT:
            return self.opaque_product(left, right)
        found = left.times(right.constant).plus(Sum(right.terms), left.constant)
        for one, factor in left.terms.items():
            for other, second in right.terms.items():
                found = found.plus(self.term_product(one, other), factor * second)
        return found

    def term_product(self, one: Expression, other: Expression) -> Sum:
        ranges = [self.ranges[one], self.ranges[other]]
        if one == other and ranges[0] == (0, 1):
            return Sum({one: Fraction(1)})
        ends = [first * second for first in ranges[0] for second in ranges[1]]
        return self.term(Binary("*", one, other), min(ends), max(ends))

    def opaque_product(self, left: Sum, right: Sum) -> Sum:
        scales = [_denominator(left), _denominator(right)]
        whole = [left.times(Fraction(scales[0])), right.times(Fraction(scales[1]))]
        ends = [first * second for first in self.bounds(whole[0]) for second in self.bounds(whole[1])]
        term = Binary("*", self.written(whole[0]), self.written(whole[1]))
        return self.term(term, int(min(ends)), int(max(ends)), Fraction(1, scales[0] * scales[1]))

    def rounded(self, number: Quotient, up: bool) -> Quotient:
        """The nearest whole number below, or above."""
        if up:
            down = self.rounded(Quotient(number.top.times(Fraction(-1)), number.bottom), up=False)
            return Quotient(down.top.times(Fraction(-1)))
        if not number.bottom.terms:
            top = number.top.times(1 / number.bottom.constant)
            scale = _denominator(top)
            if scale == 1 or not top.terms:
                return Quotient(top if top.terms else Sum(constant=Fraction(floor(top.constant))))
            whole = top.times(Fraction(scale))
            low, high = self.bounds(top)
            return Quotient(self.term(Binary("//", self.written(whole), Literal(scale)), floor(low), floor(high)))
        scale = lcm(_denominator(number.top), _denominator(number.bottom))
        top, bottom = number.top.times(Fraction(scale)), number.bottom.times(Fraction(scale))
        divisor = self.written(bottom)
        never_nought = Call("if", (Binary("=", divisor, Literal(0)), ONE, divisor))
        reach = max(map(abs, map(ceil, self.bounds(top))))
        return Quotient(self.term(Binary("//", self.written(top), never_nought), -reach, reach))

    # Comparing

    def compare(self, operator: str, left: Quotient, right: Quotient) -> Expression:
        """The comparison in whole numbers; as simple as the bounds of the terms allow."""
        left, right = self.positive_bottom(left), self.positive_bottom(right)
        if left.bottom == right.bottom:
            difference = left.top.plus(right.top, Fraction(-1))
        else:
            first, second = self.product(left.top, right.bottom), self.product(right.top, left.bottom)
            difference = first.plus(second, Fraction(-1))
        low, high = self.bounds(difference)
        always, never = _decided(operator, low, high)
        if always or never:
            return TRUE if always else FALSE
        if len(difference.terms) == 1:
            ((term, factor),) = difference.terms.items()
            if self.ranges[term] == (0, 1) and isinstance(term, Call) and term == indicator(term.arguments[0]):
                return _of_condition(operator, term.arguments[0], factor, difference.constant)
        return self.whole_comparison(operator, difference)

    def positive_bottom(self, number: Quotient) -> Quotient:
        """The same number with a divisor that is not negative."""
        low, high = self.bounds(number.bottom)
        if low >= 0:
            return number
        if high <= 0:
            return Quotient(number.top.times(Fraction(-1)), number.bottom.times(Fraction(-1)))
        return Quotient(self.product(number.top, number.bottom), self.product(number.bottom, number.bottom))

    def whole_comparison(self, operator: str, difference: Sum) -> Expression:
        """`difference OPERATOR 0` with whole positive factors on both sides."""
        factors = [*difference.terms.values(), difference.constant]
        scale = Fraction(_denominator(difference))
        scale /= gcd(*(int(factor * scale) for factor in factors))
        whole = difference.times(scale)
        left = Sum({term: factor for term, factor in whole.terms.items() if factor > 0})
        right = left.plus(whole, Fraction(-1))
        if not left.terms:
            left, right, operator = Sum(right.terms), Sum(constant=-right.constant), MIRRORED[operator]
        elif right.terms and right.constant < 0:
            left, right = Sum(left.terms, -right.constant), Sum(right.terms)
        self.refuse_too_large(left)
        self.refuse_too_large(right)
        return Binary(operator, self.written(left), self.written(right))

    def refuse_too_large(self, number: Sum) -> None:
        largest = sum(abs(factor) * max(map(abs, self.ranges[term])) for term, factor in number.terms.items())
        if largest + abs(number.constant) > NUMBER_LIMIT:
            raise NumbersTooLarge
        if any(abs(factor) > INTEGER_LIMIT for factor in (*number.terms.values(), number.constant)):
            raise NumbersTooLarge

    def written(self, number: Sum) -> Expression:
        """The sum, which has whole factors, as an expression."""
        written: Expression | None = None
        for term, factor in number.terms.items():
            piece = _multiple(term, abs(int(factor)) if written is not None else int(factor))
            written = piece if written is None else Binary("+" if factor > 0 else "-", written, piece)
        constant = int(number.constant)
        if written is None:
            return Literal(constant)
        if not constant:
            return written
        return Binary("+" if constant > 0 else "-", written, Literal(abs(constant)))


def _multiple(term: Expression, factor: int) -> Expression:
    if isinstance(term, Call) and term.function == "if" and term.arguments[1:] == (ONE, Literal(0)):
        return Call("if", (term.arguments[0], Literal(factor), Literal(0)))
    return term if factor == 1 else Binary("*", Literal(factor), term)


def _decided(operator: str, low: Fraction, high: Fraction) -> tuple[bool, bool]:
    """Whether a number between the bounds always, and whether it never, compares with nought like this."""
    match operator:
        case "<":
            return high < 0, low >= 0
        case "<=":
            return high <= 0, low > 0
        case ">":
            return low > 0, high <= 0
        case ">=":
            return low >= 0, high < 0
        case "=":
            return low == high == 0, low > 0 or high < 0
    return low > 0 or high < 0, low == high == 0


def _of_condition(operator: str, condition: Expression, factor: Fraction, constant: Fraction) -> Expression:
    """The comparison of something that has only two values, as the condition between them."""
    value = factor + constant
    held, _ = _decided(operator, value, value)
    otherwise, _ = _decided(operator, constant, constant)
    if held == otherwise:
        return TRUE if held else FALSE
    return condition if held else Negation(condition)


def _denominator(number: Sum) -> int:
    return lcm(number.constant.denominator, *(factor.denominator for factor in number.terms.values()))


def _without_noughts(terms: Mapping[Expression, Fraction]) -> dict[Expression, Fraction]:
    return {term: factor for term, factor in terms.items() if factor}
