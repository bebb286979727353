"""What the words of an expression mean for one product.

`seat = child_rear` parses to a comparison of two names. Held against the model, `seat` is a feature and
`child_rear` one of its options. A word that is a feature stays a feature; 'quotes' make any word a value.
"""

from collections.abc import Collection
from dataclasses import dataclass

from configurator.engine.errors import (
    ExpressionError,
    ModelError,
    Position,
    TypeMismatch,
    UnknownFeature,
    UnknownValue,
    WrongKind,
    suggestion,
)
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
    walk,
)
from configurator.engine.model import Model

Kind = type[bool] | type[int] | type[str] | None
"""What a value is; None when only the evaluation will tell, as for an item's parameter."""

MeaningError = (UnknownFeature, UnknownValue, TypeMismatch)
"""What `resolve` raises; each has `at`, the line and column of the word that is wrong."""


def resolve(expression: Expression, model: Model, parameters: Collection[str] = (), kind: Kind = None) -> Expression:
    """The expression with every bare word that stands for an option turned into that option.

    `parameters` are further names that have a value, such as an item's parameters; they hide features of
    the same name. With `kind` the result must be of it: bool for a rule. Raises UnknownFeature,
    UnknownValue and TypeMismatch.
    """
    words = frozenset(value for variable in model.variables for value in variable.domain if isinstance(value, str))
    return _Resolver(model, frozenset(parameters), words).of_kind(expression, kind)


def resolve_formula(expression: Expression, parameters: Collection[str], kind: Kind = None) -> Expression:
    """The same where only parameters are known, not their values: any other word compared is a value."""
    return _Resolver(None, frozenset(parameters), None).of_kind(expression, kind)


def position_of(error: ModelError | ExpressionError) -> Position:
    """Line and column that a meaning error points at, from 1; (1, 1) when it knows none."""
    at: Position = getattr(error, "at", (0, 0))
    return at if at != (0, 0) else (1, 1)


@dataclass(frozen=True)
class _Resolver:
    model: Model | None
    parameters: frozenset[str]
    words: frozenset[str] | None  # None: any word may be a value

    def of_kind(self, expression: Expression, kind: Kind) -> Expression:
        resolved, found = self.resolve(expression)
        if kind is not None and found not in (kind, None):
            raise WrongKind(_KIND[kind], _KIND[found], _position(expression))
        return resolved

    def resolve(self, expression: Expression) -> tuple[Expression, Kind]:
        chain: list[Binary] = []
        while isinstance(expression, Binary) and expression.operator not in EQUALITY:
            chain.append(expression)
            expression = expression.left
        resolved, kind = self._equality(expression) if isinstance(expression, Binary) else self._single(expression)
        start = expression
        for link in reversed(chain):
            needed: Kind = bool if link.operator in LOGICAL else int
            self._require(link.operator, kind, needed, start)
            right, right_kind = self.resolve(link.right)
            self._require(link.operator, right_kind, needed, link.right)
            resolved = Binary(link.operator, resolved, right)
            kind = int if link.operator in ARITHMETIC else bool
        return resolved, kind

    def _single(self, expression: Expression) -> tuple[Expression, Kind]:
        match expression:
            case Literal(value):
                return expression, type(value)
            case Name():
                return self._name(expression)
            case Negation(operand):
                inner, kind = self.resolve(operand)
                self._require("not", kind, bool, operand)
                return Negation(inner), bool
            case Membership():
                return self._membership(expression), bool
            case Call("if", (condition, then, otherwise)):
                first, kind = self.resolve(condition)
                self._require("if", kind, bool, condition)
                second, third, kind = self._alike("if", then, otherwise)
                return Call("if", (first, second, third)), kind
            case Call(function, arguments):
                resolved = [self.resolve(argument) for argument in arguments]
                for argument, (_, kind) in zip(arguments, resolved, strict=True):
                    self._require(function, kind, int, argument)
                return Call(function, tuple(argument for argument, _ in resolved)), int
        raise TypeMismatch("the rule language", expression)

    def _name(self, name: Name) -> tuple[Expression, Kind]:
        if name.name in self.parameters:
            return name, None
        if self.model is not None and self.model.has(name.name):
            return name, type(self.model.domain(name.name)[0])
        known = set(self.parameters)
        if self.model is not None:
            known.update(variable.name for variable in self.model.variables)
        hint = f"; a word that is a value is written '{name.name}'" if self._may_be_value(name.name) else ""
        raise UnknownFeature(name.name, suggestion(name.name, known), name.at, hint)

    def _equality(self, expression: Binary) -> tuple[Expression, Kind]:
        left, right, _ = self._alike(expression.operator, expression.left, expression.right)
        return Binary(expression.operator, left, right), bool

    def _alike(self, operator: str, left: Expression, right: Expression) -> tuple[Expression, Expression, Kind]:
        """Both sides, of one kind; a bare word on one side may be a value of the other."""
        if self._is_word(right):
            first, kind = self.resolve(left)
            return first, self._value_of(right, first, kind), str
        if self._is_word(left):
            opposite, kind = self.resolve(right)
            return self._value_of(left, opposite, kind), opposite, str
        first, kind = self.resolve(left)
        second, other = self.resolve(right)
        if kind is not None:
            self._require(operator, other, kind, right)
        for side, opposite in ((first, second), (second, first)):
            if isinstance(side, Literal) and isinstance(side.value, str):
                self._check_word(side.value, opposite, side.at)
        return first, second, kind or other

    def _is_word(self, expression: Expression) -> bool:
        return (
            isinstance(expression, Name)
            and expression.name not in self.parameters
            and not (self.model is not None and self.model.has(expression.name))
        )

    def _value_of(self, word: Expression, opposite: Expression, kind: Kind) -> Literal:
        assert isinstance(word, Name)
        if kind not in (str, None):
            self._name(word)
        self._check_word(word.name, opposite, word.at)
        return Literal(word.name, word.at)

    def _check_word(self, word: str, opposite: Expression, at: Position) -> None:
        allowed = self._words_of(opposite)
        if allowed is not None and word not in allowed:
            name = opposite.name if isinstance(opposite, Name) else "the other side"
            raise UnknownValue(name, word, suggestion(word, allowed), at)

    def _words_of(self, expression: Expression) -> frozenset[str] | None:
        """The words an expression can be; None when any."""
        match expression:
            case Name(name) if name not in self.parameters and self.model is not None and self.model.has(name):
                return frozenset(value for value in self.model.domain(name) if isinstance(value, str))
            case Call("if", (_, then, otherwise)):
                first, second = self._words_of(then), self._words_of(otherwise)
                return None if first is None or second is None else first | second
            case Literal(str(value)):
                return frozenset({value})
        return self.words

    def _may_be_value(self, word: str) -> bool:
        return self.words is None or word in self.words

    def _membership(self, expression: Membership) -> Membership:
        operand, kind = self.resolve(expression.operand)
        values: list[Value] = []
        for value in expression.values:
            if kind is not None and type(value) is not kind:
                raise TypeMismatch("in", value, expression.at)
            if isinstance(value, str):
                self._check_word(value, operand, expression.at)
            values.append(value)
        return Membership(operand, tuple(values), expression.at)

    def _require(self, operator: str, kind: Kind, needed: Kind, expression: Expression) -> None:
        if kind is not None and kind is not needed:
            raise TypeMismatch(operator, _KIND[kind], _position(expression))


_KIND: dict[Kind, str] = {bool: "a true-or-false value", int: "a number", str: "a word", None: "a value"}


def _position(expression: Expression) -> Position:
    """Where the leftmost word of the expression was written."""
    for node in walk(expression):
        at: Position = getattr(node, "at", (0, 0))
        if at != (0, 0):
            return at
    return (0, 0)
