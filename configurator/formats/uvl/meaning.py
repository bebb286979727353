"""What a UVL constraint says of a model: an expression of the engine over its variables.

What is not selected reads as nought, as an empty word, or as false; so does every attribute of it. A comparison that
would divide by nought does not hold, and the average of nothing is nought.
"""

from configurator.engine.expressions import (
    EQUALITY,
    LOGICAL,
    ORDER,
    Binary,
    Call,
    Expression,
    Literal,
    Name,
    Negation,
    walk,
)
from configurator.formats.uvl.composition import Constraint
from configurator.formats.uvl.instances import Instances
from configurator.formats.uvl.logic import FALSE, logical, negated
from configurator.formats.uvl.numbers import NumbersTooLarge, Quotient
from configurator.formats.uvl.numeric import NOUGHT, NumberReading
from configurator.formats.uvl.reading import KINDS, Space, defining
from configurator.formats.uvl.syntax import LineProblem, place_of
from configurator.formats.uvl.tree import Feature

AVERAGE_LIMIT = 4
"""Averages of possibly nothing in one comparison."""


def condition(space: Space, constraint: Constraint, instances: Instances) -> Expression:
    """What must hold for the instances chosen; raises LineProblem.

    A definition must give nought where its feature is not there, because the attribute is nought then.
    """
    reading = _ConditionReading(space, constraint.scope, instances)
    expression = constraint.expression
    try:
        if constraint.defines is None:
            return reading.truth(expression)
        there = space.instances.there(constraint.defines, instances)
        if reading.kind(expression) == "text":
            return logical("or", there, space.alike(reading.text(expression), Literal("")))
        return logical("or", there, reading.compared("=", expression, Literal(0)))
    except NumbersTooLarge as error:
        raise LineProblem(str(error), place_of(expression)) from None


class _ConditionReading(NumberReading):
    """Reads conditions."""

    def truth(self, expression: Expression) -> Expression:
        chain: list[Binary] = []
        while isinstance(expression, Binary) and expression.operator in LOGICAL:
            chain.append(expression)
            expression = expression.left
        found = self.single_truth(expression)
        for link in reversed(chain):
            found = logical(link.operator, found, self.truth(link.right))
        return found

    def single_truth(self, expression: Expression) -> Expression:
        match expression:
            case Literal(bool()):
                return expression
            case Negation(operand):
                return negated(self.truth(operand))
            case Binary(operator, left, right) if operator in (*EQUALITY, *ORDER):
                return self.comparison(operator, left, right)
            case Name():
                meant = self.space.names.meant(self.scope, expression)
                if isinstance(meant, Feature):
                    return self.there(meant, expression)
                if meant.scope is not None and self.kind(expression) == "truth":
                    return self.definition(meant, expression).truth(defining(meant))
                if meant.value is True or meant.value is False:
                    return self.there(meant.feature, expression) if meant.value else FALSE
        raise self.wrong_kind(expression, "truth")

    def comparison(self, operator: str, left: Expression, right: Expression) -> Expression:
        kinds = {self.kind(left), self.kind(right)}
        if kinds == {"truth"} and operator in EQUALITY:
            alike = logical("iff", self.truth(left), self.truth(right))
            return alike if operator == "=" else negated(alike)
        if kinds == {"text"} and operator in EQUALITY:
            alike = self.space.alike(self.text(left), self.text(right))
            return alike if operator == "=" else negated(alike)
        if kinds == {"number"}:
            return self.compared(operator, left, right)
        if len(kinds) == 1:
            shown = "==" if operator == "=" else operator
            raise LineProblem(f"{shown} does not compare {KINDS[kinds.pop()]} with its like", place_of(left))
        needed = self.kind(left) if self.kind(left) != "list" else "number"
        raise self.wrong_kind(right if self.kind(left) != "list" else left, needed)

    def compared(self, operator: str, left: Expression, right: Expression) -> Expression:
        """The comparison of numbers, with averages of possibly nothing taken apart."""
        open_calls = [
            node
            for side in (left, right)
            for node in walk(side)
            if isinstance(node, Call) and node.function == "avg" and node not in self.empty
        ]
        for call in open_calls:
            count, _ = self.counted_sum(call)
            if self.arithmetic.bounds(count)[0] > 0 or not count.terms:
                continue
            if len(self.empty) >= AVERAGE_LIMIT:
                raise LineProblem(f"a comparison has at most {AVERAGE_LIMIT} averages", place_of(call))
            nothing = self.arithmetic.compare("=", Quotient(count), NOUGHT)
            self.empty[call] = True
            without = logical("and", nothing, self.compared(operator, left, right))
            self.empty[call] = False
            found = logical("or", without, logical("and", negated(nothing), self.compared(operator, left, right)))
            del self.empty[call]
            return found
        outer, self.guards = self.guards, []
        found = self.arithmetic.compare(operator, self.number(left), self.number(right))
        for guard in self.guards:
            found = logical("and", guard, found)
        self.guards = outer
        return found
