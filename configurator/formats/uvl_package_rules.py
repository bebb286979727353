"""Rules of a feature model, said about the features of the product that was made from it."""

from collections.abc import Mapping

from configurator.engine.expressions import Binary, Call, Expression, Literal, Membership, Name, Negation
from configurator.formats.uvl.logic import TRUE, logical, negated


def substitute(expression: Expression, meaning: Mapping[str, Expression], absent: str) -> Expression:
    """The expression with every name replaced by what it means, and the empty word by the option `absent`."""
    chain: list[Binary] = []
    while isinstance(expression, Binary):
        chain.append(expression)
        expression = expression.left
    result = _single(expression, meaning, absent)
    for link in reversed(chain):
        result = _simplified(link.operator, result, substitute(link.right, meaning, absent))
    return result


def implied(condition: Expression, consequence: Expression) -> Expression:
    """The consequence under the condition, which may be simply true."""
    return logical("implies", condition, consequence)


def _single(expression: Expression, meaning: Mapping[str, Expression], absent: str) -> Expression:
    match expression:
        case Name(name):
            return meaning[name]
        case Literal(""):
            return Literal(absent)
        case Negation(operand):
            return negated(substitute(operand, meaning, absent))
        case Membership(operand, values):
            return Membership(
                substitute(operand, meaning, absent), tuple(absent if value == "" else value for value in values)
            )
        case Call("if", (condition, then, otherwise)):
            asked = substitute(condition, meaning, absent)
            first, second = substitute(then, meaning, absent), substitute(otherwise, meaning, absent)
            if isinstance(asked, Literal):
                return first if asked.value else second
            return Call("if", (asked, first, second))
        case Call(function, arguments):
            return Call(function, tuple(substitute(argument, meaning, absent) for argument in arguments))
    return expression


def _simplified(operator: str, left: Expression, right: Expression) -> Expression:
    """The operation without operands that are simply true or false."""
    if operator == "iff" and left == right:
        return TRUE
    if operator == "or" and (alternatives := _one_feature(left, right)) is not None:
        return alternatives
    return logical(operator, left, right)


def _one_feature(left: Expression, right: Expression) -> Expression | None:
    """`f = a or f = b` as `f in {a, b}`: what a customer's rule would say."""
    match left, right:
        case Binary("=", Name(first), Literal(one)), Binary("=", Name(second), Literal(other)) if first == second:
            return Membership(Name(first), (one, other)) if one != other else left
        case Membership(Name(first), values), Binary("=", Name(second), Literal(other)) if first == second:
            return Membership(Name(first), (*values, other)) if other not in values else left
    return None
