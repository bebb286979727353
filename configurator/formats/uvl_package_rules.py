"""Rules of a feature model, said about the features of the product that was made from it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from configurator.engine.expressions import Binary, Call, Expression, Literal, Membership, Name, Negation, Value
from configurator.formats.uvl.logic import FALSE, TRUE, logical, negated


def implied(condition: Expression, consequence: Expression) -> Expression:
    """The consequence under the condition, which may be simply true."""
    return logical("implies", condition, consequence)


@dataclass(frozen=True)
class Substitution:
    """What names of the model mean for the product, the option that says the empty word, and each feature's values."""

    meaning: Mapping[str, Expression]
    absent: str
    values: Mapping[str, Collection[Value]]

    def of(self, expression: Expression) -> Expression:
        """The expression with every name replaced by what it means."""
        chain: list[Binary] = []
        while isinstance(expression, Binary):
            chain.append(expression)
            expression = expression.left
        result = self._single(expression)
        for link in reversed(chain):
            result = self._simplified(link.operator, result, self.of(link.right))
        return result

    def _single(self, expression: Expression) -> Expression:
        match expression:
            case Name(name):
                return self.meaning[name]
            case Literal(""):
                return Literal(self.absent)
            case Negation(operand):
                return negated(self.of(operand))
            case Membership(operand, values):
                return self._membership(self.of(operand), values)
            case Call("if", (condition, then, otherwise)):
                asked = self.of(condition)
                first, second = self.of(then), self.of(otherwise)
                if isinstance(asked, Literal):
                    return first if asked.value else second
                return Call("if", (asked, first, second))
            case Call(function, arguments):
                return Call(function, tuple(map(self.of, arguments)))
        return expression

    def _membership(self, operand: Expression, values: tuple[Value, ...]) -> Expression:
        said = tuple(self.absent if value == "" else value for value in values)
        known = tuple(value for value in said if self._possible(operand, value))
        return Membership(operand, known) if known else FALSE

    def _possible(self, operand: Expression, value: Value) -> bool:
        return not isinstance(operand, Name) or operand.name not in self.values or value in self.values[operand.name]

    def _simplified(self, operator: str, left: Expression, right: Expression) -> Expression:
        """The operation without operands that are simply true or false, and without values that are none."""
        if operator == "iff" and left == right:
            return TRUE
        if operator in ("=", "!="):
            for one, other in ((left, right), (right, left)):
                if isinstance(other, Literal) and not self._possible(one, other.value):
                    return FALSE if operator == "=" else TRUE
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
