"""Whether a complete selection keeps every rule and table: a quick yes or no, where a compiled model says more."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from configurator.engine import Expression, ExpressionError, Model, Table, Value, evaluate, names

Selection = Mapping[str, Value]
Condition = Callable[[Selection], bool]


class Buildable:
    """The rules and tables of a model, ready to be held against complete selections."""

    def __init__(self, model: Model) -> None:
        self._all: list[Condition] = []
        self._about: dict[str, list[Condition]] = defaultdict(list)
        for rule in model.rules:
            self._add(_keeps_rule(rule.expression), names(rule.expression))
        for table in model.tables:
            self._add(_keeps_table(table), frozenset(table.columns))

    def holds(self, selection: Selection) -> bool:
        """Whether the selection can be built."""
        return all(condition(selection) for condition in self._all)

    def holds_after(self, selection: Selection, changed: str) -> bool:
        """Whether a selection can be built that could be before the one named feature changed."""
        return all(condition(selection) for condition in self._about.get(changed, ()))

    def _add(self, condition: Condition, about: frozenset[str]) -> None:
        self._all.append(condition)
        for name in about:
            self._about[name].append(condition)


def _keeps_rule(rule: Expression) -> Condition:
    """A rule without a value, such as a division by zero, is not kept."""

    def keeps(selection: Selection) -> bool:
        try:
            return evaluate(rule, selection) is True
        except ExpressionError:
            return False

    return keeps


def _keeps_table(table: Table) -> Condition:
    rows = frozenset(table.rows)

    def keeps(selection: Selection) -> bool:
        return (tuple(selection[column] for column in table.columns) in rows) is table.allowed

    return keeps
