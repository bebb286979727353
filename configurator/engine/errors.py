"""What can go wrong in the configuration engine: one tree, every branch carries its data and says one sentence."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from configurator.engine.model import Conflict

Position = tuple[int, int]
"""Line and column in the rule's text, both from 1; (0, 0) when the expression was not written by a person."""


def suggestion(word: str, known: Collection[str]) -> str:
    """The known word most like `word`, or an empty string."""
    matches = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return matches[0] if matches else ""


def _hint(nearest: str) -> str:
    return f"; did you mean {nearest}?" if nearest else ""


class ConfigurationError(Exception):
    """Anything the configuration engine refuses."""


class ExpressionError(ConfigurationError):
    """An expression that has no value, or is not one of ours."""


class UnknownName(ExpressionError):
    """An expression names something that has no value here."""

    def __init__(self, name: str, at: Position = (0, 0)) -> None:
        super().__init__(f"nothing here is called {name}")
        self.name, self.at = name, at


class TypeMismatch(ExpressionError):
    """An operator was given a value of a kind it does not work on."""

    def __init__(self, operator: str, value: object, at: Position = (0, 0)) -> None:
        shown = str(value).lower() if isinstance(value, bool) else value
        super().__init__(f"{operator} does not work on {shown}")
        self.operator, self.value, self.at = operator, value, at


class WrongKind(TypeMismatch):
    """The whole expression is of another kind than its place asks for."""

    def __init__(self, needed: str, found: str, at: Position = (0, 0)) -> None:
        super().__init__(needed, found, at)
        self.args = (f"{needed} is needed here, not {found}",)


class DivisionByZero(ExpressionError):
    """A divisor became zero."""

    def __init__(self) -> None:
        super().__init__("division by zero")


class NumberTooLarge(ExpressionError):
    """A number left the range the engine calculates in."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"a number is larger than {limit:,}")
        self.limit = limit


class ExpressionTooLarge(ExpressionError):
    """An expression is nested deeper or is longer than anyone could read."""

    def __init__(self, what: str, size: int, limit: int) -> None:
        super().__init__(f"the expression has {size:,} {what}, {limit:,} are allowed")
        self.what, self.size, self.limit = what, size, limit


class ModelError(ConfigurationError):
    """A model that is wrong in itself, before any choice is made."""


class DuplicateName(ModelError):
    """Two things of one kind carry the same name."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"two {kind}s are called {name}")
        self.kind, self.name = kind, name


class BadDomain(ModelError):
    """A feature without values, with a value twice, or with values of several kinds."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"the values of {name} {reason}")
        self.name, self.reason = name, reason


class UnknownFeature(ModelError):
    """A rule, table, formula or choice names a feature the model does not have."""

    def __init__(self, name: str, nearest: str = "", at: Position = (0, 0), hint: str = "") -> None:
        super().__init__(f"there is no feature {name}{_hint(nearest)}{hint}")
        self.name, self.nearest, self.at = name, nearest, at


class UnknownValue(ModelError):
    """A value that its feature does not have."""

    def __init__(self, name: str, value: object, nearest: str = "", at: Position = (0, 0)) -> None:
        super().__init__(f"{name} has no value {value}{_hint(nearest)}")
        self.name, self.value, self.nearest, self.at = name, value, nearest, at


class BadRule(ModelError):
    """A rule or table that cannot be held against the features it names."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"rule {code}: {reason}")
        self.code, self.reason = code, reason


class ModelTooLarge(ModelError):
    """A model that would exceed what the engine answers in reasonable time and memory."""

    def __init__(self, what: str, size: int, limit: int) -> None:
        super().__init__(f"{what}: {size:,} where {limit:,} are allowed")
        self.what, self.size, self.limit = what, size, limit


class BudgetExceeded(ConfigurationError):
    """Compiling a model would take more seconds or megabytes than it was given."""

    def __init__(self, what: str, limit: float) -> None:
        super().__init__(f"compiling takes more than {limit:,g} {what}")
        self.what, self.limit = what, limit


class CountUnavailable(ConfigurationError):
    """The selections of a model that is served without a circuit cannot be counted."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the number of selections is not known: {reason}")
        self.reason = reason


class StoredCircuitError(ConfigurationError):
    """A stored compiled model that cannot be used; compiling the model anew gives one that can."""


class StoredCircuitDamaged(StoredCircuitError):
    """The bytes are not, or are no longer, those that were stored."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the stored compiled model is damaged: {what}")
        self.what = what


class StoredCircuitOutdated(StoredCircuitError):
    """The bytes were written in another format, or for another model."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the stored compiled model is out of date: {what}")
        self.what = what


class NoValidCompletion(ConfigurationError):
    """The choices cannot be completed; `conflict` is a minimal set of choices and rules that says why."""

    def __init__(self, conflict: "Conflict") -> None:
        super().__init__("these cannot hold together: " + "; ".join(sorted(map(str, conflict))))
        self.conflict = conflict


class BillError(ConfigurationError):
    """A bill of materials that cannot be made from the selection."""


class BillCycle(BillError):
    """An item contains itself, over the items of `path`."""

    def __init__(self, path: Sequence[str]) -> None:
        super().__init__("an item contains itself: " + " > ".join(path))
        self.path = tuple(path)


class UnknownItem(BillError):
    """A bill line or the root names an item that does not exist."""

    def __init__(self, code: str, parent: str = "") -> None:
        super().__init__(f"there is no item {code}" + (f", which {parent} needs" if parent else ""))
        self.code, self.parent = code, parent


class BadBillLine(BillError):
    """A quantity, condition or parameter of a bill line has no usable value."""

    def __init__(self, path: str, what: str, reason: str) -> None:
        super().__init__(f"{path}: {what}: {reason}")
        self.path, self.what, self.reason = path, what, reason


class NegativeQuantity(BillError):
    """A quantity formula gave less than nothing."""

    def __init__(self, path: str, quantity: int) -> None:
        super().__init__(f"{path}: the quantity is {quantity:,}, less than nothing")
        self.path, self.quantity = path, quantity


class QuantityTooLarge(BillError):
    """A quantity, on its own or multiplied through the levels, that nobody could mean."""

    def __init__(self, path: str, quantity: int, limit: int) -> None:
        super().__init__(f"{path}: the quantity is {quantity:,}, more than {limit:,}")
        self.path, self.quantity, self.limit = path, quantity, limit


class BillTooLarge(BillError):
    """A bill with more lines or levels than can be built."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"the bill has more than {limit:,} {what}")
        self.what, self.limit = what, limit


class NoAlternative(BillError):
    """None of the alternatives `group` of a bill line's parent holds."""

    def __init__(self, path: str, group: str) -> None:
        super().__init__(f"{path}: none of the alternatives {group} holds")
        self.path, self.group = path, group


class EmptyItem(BillError):
    """A made item that is made of nothing."""

    def __init__(self, path: str, code: str) -> None:
        super().__init__(f"{path}: {code} is made of nothing")
        self.path, self.code = path, code
