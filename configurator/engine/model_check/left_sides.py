"""A model in which the left side of every implication is a feature of its own, so that it can be asked for."""

from collections.abc import Mapping

from configurator.engine.expressions import Binary, Expression, Name
from configurator.engine.model import Model, Rule, Variable


def with_left_sides(model: Model) -> tuple[Model, Mapping[str, str]]:
    """The model with one more boolean per implication, and its name by the rule's code.

    The boolean is true exactly where the left side is. The rule that says so carries the same name.
    """
    variables, rules = [], []
    left_of: dict[str, str] = {}
    taken = {variable.name for variable in model.variables} | {rule.code for rule in model.rules}
    taken |= {table.code for table in model.tables}
    for rule in model.rules:
        left = left_side(rule.expression)
        if left is None:
            continue
        name = f"left side of {rule.code}"
        while name in taken:
            name += "'"
        taken.add(name)
        left_of[rule.code] = name
        variables.append(Variable(name, (False, True)))
        rules.append(Rule(name, Binary("iff", Name(name), left)))
    extended = Model(model.name, (*model.variables, *variables), (*model.rules, *rules), model.tables, model.tree)
    return extended, left_of


def left_side(expression: Expression) -> Expression | None:
    """All that has to hold before an implication says anything; None for a rule of another shape."""
    left: Expression | None = None
    while isinstance(expression, Binary) and expression.operator == "implies":
        left = expression.left if left is None else Binary("and", left, expression.left)
        expression = expression.right
    return left
