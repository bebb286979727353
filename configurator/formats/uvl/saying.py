"""Rules of the engine, said in constraints of UVL.

UVL has no `if`, no least and greatest, no sets and no words that are a feature's value. A comparison that holds one of
these is split into cases until none is left: `if(a, 2, 5) > x` becomes `a & 2 > x | !a & 5 > x`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from configurator.engine.errors import ExpressionTooLarge
from configurator.engine.expressions import (
    ARITHMETIC,
    EQUALITY,
    LOGICAL,
    Binary,
    Call,
    Expression,
    Literal,
    Membership,
    Name,
    Negation,
    Value,
    check_size,
    walk,
)
from configurator.engine.model import Variable
from configurator.formats.uvl.logic import FALSE, NEGATED, TRUE, logical, negated

CASE_LIMIT = 2_000
"""Cases that the comparisons of one rule may be split into."""


class Unsayable(Exception):
    """A rule that has no words in UVL, and why."""


@dataclass(frozen=True, slots=True)
class Question:
    """How a variable of the model is asked for in UVL.

    A yes-or-no variable is the feature `name`; a number is that feature's value in steps of 1 / scale. A word is the
    value of a feature of type String, or, with `options`, one of several features.
    """

    variable: Variable
    name: str
    scale: int = 1
    options: Mapping[Value, str] | None = None

    @property
    def kind(self) -> type:
        """bool, int or str."""
        return type(self.variable.domain[0])


@dataclass(eq=False)
class Saying:
    """Makes UVL expressions (as syntax.py reads them) of the engine's; notes the attributes it needs for numbers."""

    questions: Mapping[str, Question]
    attribute_of: Callable[[str, Decimal], str]
    cases: int = 0

    def constraint(self, expression: Expression) -> Expression:
        """The rule in UVL; raises Unsayable."""
        self.cases = 0
        return sayable(self.truth(expression))

    # Conditions

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
            case Name(name):
                return self.flag(self.questions[name])
            case Negation(operand):
                return negated(self.truth(operand))
            case Membership(operand, values):
                return self.one_of(operand, values)
            case Call("if", (condition, then, otherwise)):
                return self.choice(condition, self.truth(then), self.truth(otherwise))
            case Binary(operator, left, right) if operator in EQUALITY and self.kind(left) is not int:
                same = self.alike(left, right)
                return same if operator == "=" else negated(same)
            case Binary():
                return self.comparison(expression)
        raise Unsayable("a condition is missing")

    def flag(self, question: Question) -> Expression:
        domain = question.variable.domain
        return Name(question.name) if len(domain) > 1 else Literal(bool(domain[0]))

    def choice(self, condition: Expression, then: Expression, otherwise: Expression) -> Expression:
        asked = self.truth(condition)
        match asked:
            case Binary(operator, left, right) if operator in NEGATED:
                refused: Expression = Binary(NEGATED[operator], left, right)
            case _:
                refused = negated(asked)
        return logical("or", logical("and", asked, then), logical("and", refused, otherwise))

    def one_of(self, operand: Expression, values: tuple[Value, ...]) -> Expression:
        found: Expression = FALSE
        for value in values:
            if type(value) is self.kind(operand):
                found = logical("or", found, self.truth(Binary("=", operand, Literal(value))))
        return found

    def kind(self, expression: Expression) -> type:
        match expression:
            case Literal(value):
                return type(value)
            case Name(name):
                return self.questions[name].kind
            case Binary(operator):
                return int if operator in ARITHMETIC else bool
            case Call("if", (_, then, _)):
                return self.kind(then)
            case Call():
                return int
        return bool

    # Words

    def alike(self, left: Expression, right: Expression) -> Expression:
        """Whether two conditions, or two words, are the same."""
        if self.kind(left) is bool:
            return logical("iff", self.truth(left), self.truth(right))
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Call):
                condition, then, otherwise = one.arguments
                return self.choice(condition, self.alike(then, other), self.alike(otherwise, other))
        if isinstance(left, Literal) and isinstance(right, Literal):
            return Literal(left.value == right.value)
        if isinstance(left, Name) and isinstance(right, Name):
            return self.same_words(self.questions[left.name], self.questions[right.name])
        name, word = (left, right) if isinstance(left, Name) else (right, left)
        assert isinstance(name, Name)
        assert isinstance(word, Literal)
        return self.has_word(self.questions[name.name], str(word.value))

    def has_word(self, question: Question, word: str) -> Expression:
        if word not in question.variable.domain:
            return FALSE
        if question.options is not None:
            return Name(question.options[word])
        if not word:
            return Negation(Name(question.name))
        return Binary("=", Name(question.name), Literal(word))

    def same_words(self, one: Question, other: Question) -> Expression:
        if one.options is None and other.options is None:
            return Binary("=", Name(one.name), Name(other.name))
        found: Expression = FALSE
        for word in one.variable.domain:
            both = logical("and", self.has_word(one, str(word)), self.has_word(other, str(word)))
            found = logical("or", found, both)
        return found

    # Numbers

    def comparison(self, expression: Binary) -> Expression:
        """A comparison of numbers, split where UVL has no word for a part."""
        self.cases += 1
        if self.cases > CASE_LIMIT:
            raise Unsayable(f"it would take more than {CASE_LIMIT:,} cases in UVL")
        for node in walk(expression):
            match node:
                case Call("if", (condition, then, otherwise)) if not self.is_attribute(node):
                    first, second = (replaced(expression, node, part) for part in (then, otherwise))
                    return self.choice(condition, self.truth(first), self.truth(second))
                case Call("min" | "max" as function, (one, *others)):
                    rest = others[0] if len(others) == 1 else Call(function, tuple(others))
                    sooner = Binary("<=" if function == "min" else ">=", one, rest)
                    return self.choice(
                        sooner,
                        self.truth(replaced(expression, node, one)),
                        self.truth(replaced(expression, node, rest)),
                    )
        return Binary(expression.operator, self.number(expression.left), self.number(expression.right))

    def is_attribute(self, call: Call) -> bool:
        """Whether `if(feature, 3, 0)` is what UVL says by an attribute of the feature."""
        match call.arguments:
            case (Name(), Literal(), Literal()):
                return True
        return False

    def number(self, expression: Expression) -> Expression:
        chain: list[Binary] = []
        while isinstance(expression, Binary):
            chain.append(expression)
            expression = expression.left
        found = self.single_number(expression)
        for link in reversed(chain):
            right = self.number(link.right)
            if link.operator == "//":
                found = Call("floor", (Binary("/", found, right),))
            else:
                found = Binary(link.operator, found, right)
        return found

    def single_number(self, expression: Expression) -> Expression:
        match expression:
            case Literal(int(value)):
                return Literal(value)
            case Name(name):
                question = self.questions[name]
                if question.scale == 1:
                    return Name(question.name)
                return Binary("*", Literal(question.scale), Name(question.name))
            case Call("if", (Name(name), Literal(int(then)), Literal(int(otherwise)))):
                return self.amount(self.flag(self.questions[name]), then, otherwise)
        raise Unsayable("a number is missing")

    def amount(self, flag: Expression, then: int, otherwise: int) -> Expression:
        """What a feature adds, as an attribute of it: nought where it is not there."""
        if not isinstance(flag, Name):
            return Literal(then if flag == TRUE else otherwise)
        if then == otherwise:
            return Literal(then)
        attribute = Name(self.attribute_of(flag.name, Decimal(then - otherwise)))
        return Binary("+", attribute, Literal(otherwise)) if otherwise else attribute


def sayable(expression: Expression) -> Expression:
    """The constraint itself; raises Unsayable for one that is too large to be read."""
    try:
        check_size(expression)
    except ExpressionTooLarge as error:
        raise Unsayable(f"in UVL {error}") from None
    return expression


def replaced(expression: Expression, old: Expression, new: Expression) -> Expression:
    """The expression with one part exchanged wherever it stands."""
    chain: list[Binary] = []
    while isinstance(expression, Binary) and expression != old:
        chain.append(expression)
        expression = expression.left
    found = expression
    if expression == old:
        found = new
    elif isinstance(expression, Call):
        found = Call(expression.function, tuple(replaced(each, old, new) for each in expression.arguments))
    elif isinstance(expression, Negation):
        found = Negation(replaced(expression.operand, old, new))
    elif isinstance(expression, Membership):
        found = Membership(replaced(expression.operand, old, new), expression.values)
    for link in reversed(chain):
        found = Binary(link.operator, found, replaced(link.right, old, new))
    return found
