"""Connectives between conditions, as simple as operands that are true or false allow."""

from configurator.engine.expressions import Binary, Expression, Literal, Negation

TRUE, FALSE = Literal(True), Literal(False)
NEGATED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
"""The comparison that holds exactly when another one does not."""


def negated(condition: Expression) -> Expression:
    """The opposite, without double negation."""
    match condition:
        case Literal(value):
            return FALSE if value else TRUE
        case Negation(operand):
            return operand
    return Negation(condition)


def logical(operator: str, left: Expression, right: Expression) -> Expression:
    """The connective, without operands that are simply true or false."""
    match operator, left, right:
        case "implies", Literal(value), _:
            return right if value else TRUE
        case "implies", _, Literal(value):
            return TRUE if value else negated(left)
        case "and", Literal(value), other:
            return other if value else FALSE
        case "and", other, Literal(value):
            return other if value else FALSE
        case "or", Literal(value), other:
            return TRUE if value else other
        case "or", other, Literal(value):
            return TRUE if value else other
        case "iff", Literal(value), other:
            return other if value else negated(other)
        case "iff", other, Literal(value):
            return other if value else negated(other)
    return Binary(operator, left, right)
