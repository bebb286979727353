"""What a release can ask of a factory, found by walking its 150 % bill over all buildable selections.

Formulas are evaluated for every buildable combination of the features they really read, so the result is exact;
where those are too many, integers are bounded by interval arithmetic instead, which may be wider than the truth.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from configurator.engine import (
    BillLine,
    Binary,
    Call,
    Expression,
    ExpressionError,
    Item,
    Literal,
    Name,
    Value,
    alternatives_as_conditions,
    evaluate,
    names,
)
from configurator.ports import ParameterSpace, ReleaseSpace

COMBINATION_LIMIT = 20_000
PATH_LIMIT = 20_000

Domains = Mapping[str, frozenset[Value]]
ValidDomains = Callable[[Mapping[str, Value]], Domains]
Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Place:
    """One way down the bill to an item."""

    item: Item
    line: BillLine | None
    above: "_Place | None"

    def way(self) -> list["_Place"]:
        """From the root to here."""
        way: list[_Place] = []
        place: _Place | None = self
        while place is not None:
            way.append(place)
            place = place.above
        return way[::-1]

    def reads(self, expression: Expression) -> frozenset[str]:
        """The features an expression of a line below this place depends on, through the parameters passed down."""
        found: set[str] = set()
        for name in names(expression):
            if self.line is not None and self.above is not None and name in self.line.parameters:
                found |= self.above.reads(self.line.parameters[name])
            else:
                found.add(name)
        return frozenset(found)


def space_of(
    *,
    product_code: str,
    product_name: str,
    root: str,
    items: Sequence[Item],
    lines: Sequence[BillLine],
    valid_domains: ValidDomains,
) -> ReleaseSpace:
    """The items a release makes and the values their parameters take; the bill must be free of cycles.

    Phantoms are no items of the factory's: only what they pass on to their parts counts.
    """
    known = {item.code: item for item in items}
    below: dict[str, list[BillLine]] = {}
    for line in alternatives_as_conditions(lines):
        below.setdefault(line.parent, []).append(line)
    combinations = _Combinations(valid_domains)
    made: dict[str, Item] = {}
    found: dict[tuple[str, str], list[ParameterSpace]] = {}
    for place in _places(known, below, root):
        if place.item.phantom or not combinations.possible(place):
            continue
        if place.item.made:
            made[place.item.code] = place.item
        for parameter in place.item.parameters:
            found.setdefault((place.item.code, parameter), []).append(combinations.values_of(place, parameter))
    return ReleaseSpace(
        product_code=product_code,
        product_name=product_name,
        items=tuple(made.values()),
        parameters={key: _union(spaces) for key, spaces in found.items()},
    )


def _places(known: Mapping[str, Item], below: Mapping[str, Sequence[BillLine]], root: str) -> Iterator[_Place]:
    """Every way down the bill, parents first."""
    waiting = [_Place(known[root], None, None)]
    for _ in range(PATH_LIMIT):
        if not waiting:
            return
        place = waiting.pop()
        yield place
        waiting.extend(_Place(known[line.item], line, place) for line in reversed(below.get(place.item.code, ())))


class _Combinations:
    """Buildable combinations of few features, kept as several formulas ask for the same."""

    def __init__(self, valid_domains: ValidDomains) -> None:
        self._valid_domains = valid_domains
        self._all = valid_domains({})
        self._known: dict[tuple[str, ...], tuple[Mapping[str, Value], ...]] = {}

    def possible(self, place: _Place) -> bool:
        """Whether any buildable selection needs the item at this place; yes where that is too much to try."""
        conditions = _conditions(place)
        if not conditions:
            return True
        combinations = self._of(frozenset().union(*(above.reads(condition) for above, condition in conditions)))
        return combinations is None or any(_needed(conditions, values) for values in combinations)

    def values_of(self, place: _Place, parameter: str) -> ParameterSpace:
        """The values the parameter takes at this place."""
        if place.line is None or place.above is None:
            return _listed(self._all.get(parameter, frozenset()))
        expression = place.line.parameters[parameter]
        reads = place.above.reads(expression)
        conditions = _conditions(place)
        wanted = reads.union(*(above.reads(condition) for above, condition in conditions))
        combinations = self._of(wanted)
        if combinations is None:  # without the conditions: more than the truth, never less
            conditions, combinations = [], self._of(reads)
        if combinations is None:
            bounds = _bounds(expression, place.above, self._all)
            return ParameterSpace(frozenset(), *bounds) if bounds is not None else ParameterSpace(frozenset())
        found = set()
        for values in combinations:
            if _needed(conditions, values) and (value := _value(expression, place.above, values)) is not None:
                found.add(value)
        return _listed(frozenset(found))

    def _of(self, features: frozenset[str]) -> tuple[Mapping[str, Value], ...] | None:
        """The buildable combinations of these features; None when they are too many."""
        key = tuple(sorted(feature for feature in features if feature in self._all))
        if prod(len(self._all[feature]) for feature in key) > COMBINATION_LIMIT:
            return None
        if key not in self._known:
            self._known[key] = tuple(self._walk(key, {}))
        return self._known[key]

    def _walk(self, left: tuple[str, ...], chosen: dict[str, Value]) -> Iterator[Mapping[str, Value]]:
        if not left:
            yield chosen
            return
        domains = self._valid_domains(chosen) if chosen else self._all
        for value in sorted(domains[left[0]], key=str):
            yield from self._walk(left[1:], {**chosen, left[0]: value})


def _conditions(place: _Place) -> list[tuple[_Place, Expression]]:
    """The conditions on the way down, each with the place whose parameters it sees."""
    return [
        (step.above, step.line.condition)
        for step in place.way()
        if step.line is not None and step.above is not None and step.line.condition is not None
    ]


def _needed(conditions: Sequence[tuple[_Place, Expression]], values: Mapping[str, Value]) -> bool:
    return all(_value(condition, above, values) is not False for above, condition in conditions)


def _value(expression: Expression, place: _Place, values: Mapping[str, Value]) -> Value | None:
    """The value of an expression of a line below the place; None when it has none, which the bill's check reports."""
    try:
        return evaluate(expression, _seen(place, values))
    except ExpressionError:
        return None


def _seen(place: _Place, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """The parameters of the item at the place, over the selection."""
    if place.line is None or place.above is None:
        return values
    passed = {
        name: value
        for name, formula in place.line.parameters.items()
        if (value := _value(formula, place.above, values)) is not None
    }
    return {**values, **passed}


def _listed(values: frozenset[Value]) -> ParameterSpace:
    numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    if not numbers:
        return ParameterSpace(values)
    return ParameterSpace(values, min(numbers), max(numbers))


def _union(spaces: Sequence[ParameterSpace]) -> ParameterSpace:
    """All values of several places; a range where one of them is only bounded."""
    lows = [space.minimum for space in spaces if space.minimum is not None]
    highs = [space.maximum for space in spaces if space.maximum is not None]
    unlisted = any(not space.values for space in spaces)
    values: frozenset[Value] = frozenset() if unlisted else frozenset().union(*(space.values for space in spaces))
    return ParameterSpace(values, min(lows, default=None), max(highs, default=None))


def _bounds(expression: Expression, place: _Place, domains: Domains) -> Interval | None:
    """The range of an integer expression by interval arithmetic; None when it is not one."""
    match expression:
        case Literal(value) if isinstance(value, int) and not isinstance(value, bool):
            return value, value
        case Name(name):
            if place.line is not None and place.above is not None and name in place.line.parameters:
                return _bounds(place.line.parameters[name], place.above, domains)
            space = _listed(domains.get(name, frozenset()))
            return None if space.minimum is None or space.maximum is None else (space.minimum, space.maximum)
        case Binary(operator, left, right):
            first, second = _bounds(left, place, domains), _bounds(right, place, domains)
            return None if first is None or second is None else _arithmetic(operator, first, second)
        case Call(function, arguments):
            branches = arguments[1:] if function == "if" else arguments
            intervals = [_bounds(argument, place, domains) for argument in branches]
            sure = [interval for interval in intervals if interval is not None]
            if len(sure) < len(intervals):
                return None
            lows, highs = [low for low, _ in sure], [high for _, high in sure]
            if function == "min":
                return min(lows), min(highs)
            if function == "max":
                return max(lows), max(highs)
            return min(lows), max(highs)
    return None


def _arithmetic(operator: str, first: Interval, second: Interval) -> Interval | None:
    if operator == "+":
        return first[0] + second[0], first[1] + second[1]
    if operator == "-":
        return first[0] - second[1], first[1] - second[0]
    if operator == "*":
        corners = [a * b for a in first for b in second]
        return min(corners), max(corners)
    if operator == "//" and not second[0] <= 0 <= second[1]:
        corners = [a // b for a in first for b in second]
        return min(corners), max(corners)
    return None
