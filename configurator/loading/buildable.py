"""Whether a complete selection keeps every rule and table: a quick yes or no, where a compiled model says more."""

from collections.abc import Mapping

from configurator.engine import ExpressionError, Model, Value, evaluate


class Buildable:
    """The rules and tables of a model, ready to be held against complete selections."""

    def __init__(self, model: Model) -> None:
        self._rules = tuple(rule.expression for rule in model.rules)
        self._tables = tuple((table.columns, frozenset(table.rows), table.allowed) for table in model.tables)

    def holds(self, selection: Mapping[str, Value]) -> bool:
        """Whether the selection can be built; a rule without a value, such as a division by zero, is not kept."""
        for columns, rows, allowed in self._tables:
            if (tuple(selection[column] for column in columns) in rows) is not allowed:
                return False
        try:
            return all(evaluate(rule, selection) is True for rule in self._rules)
        except ExpressionError:
            return False
