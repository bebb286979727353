"""Choices made under one release, brought to the next one with the least change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from configurator.engine.expressions import Value
from configurator.engine.model import Choices, Conflict, Model, Prices

NO_CONFLICT: Conflict = frozenset()


class Reason(StrEnum):
    """Why a choice cannot stay as it was made."""

    FEATURE_GONE = "feature_gone"
    VALUE_GONE = "value_gone"
    KIND_CHANGED = "kind_changed"
    """The question is answered by another kind of value now: options instead of yes and no, a number, a word."""
    UNIT_CHANGED = "unit_changed"
    """The number would mean something else."""
    OUT_OF_RANGE = "out_of_range"
    """The number lies outside the range, or between its steps."""
    CONFLICT = "conflict"
    """It contradicts the rules, or earlier choices that stay."""


@dataclass(frozen=True, slots=True)
class ChoiceChange:
    """A choice that could not stay: withdrawn, or with `after` moved to the nearest number that can be had.

    `conflict` names the kept choices and the rules that stand against the value that was chosen; of a number out of
    range, against the nearest step of the new range if it is not that one.
    """

    name: str
    before: Value
    after: Value | None
    reason: Reason
    conflict: Conflict = NO_CONFLICT


@dataclass(frozen=True, slots=True)
class Migration:
    """`choices` can be had under the new release; `changes` is all that is not as it was chosen, oldest first."""

    choices: Mapping[str, Value]
    changes: tuple[ChoiceChange, ...] = ()


class Answers(Protocol):
    """What a migration asks of the compiled new release."""

    @property
    def model(self) -> Model: ...

    def valid_domains(self, choices: Choices, /) -> Mapping[str, frozenset[Value]]: ...

    def conflict(self, choices: Choices, /) -> Conflict | None: ...

    def conflict_for(self, choices: Choices, name: str, value: Value, /) -> Conflict: ...

    def cheapest(self, choices: Choices, prices: Prices, /) -> "Selected": ...


class Selected(Protocol):
    """A complete selection with its price."""

    @property
    def selection(self) -> Mapping[str, Value]: ...

    @property
    def price(self) -> int: ...


def migrate(choices: Choices, before: Model, after: Answers) -> Migration:
    """The choices, oldest first, as far as the new release lets them stand, and why where it does not.

    What still exists is kept. Where the kept choices contradict each other as few as possible are withdrawn; among
    equally small sets the one that keeps the oldest choice, then the next oldest. Numbers that cannot stay, be it
    for their range or for a conflict, go to the nearest value that the rest allows (of two the smaller).
    Raises NoValidCompletion when the new release is void.
    """
    reasons = {name: _reason(name, value, before, after.model) for name, value in choices.items()}
    existing = {name: value for name, value in choices.items() if reasons[name] is None}
    kept = existing if after.conflict(existing) is None else _largest_part(existing, after)
    changes = {}
    for name, value in choices.items():
        if name in kept:
            continue
        reason = reasons[name] or Reason.CONFLICT
        if reason == Reason.OUT_OF_RANGE or (reason == Reason.CONFLICT and _is_number(value)):
            changes[name], kept = _moved(name, value, reason, kept, after)
        else:
            conflict = after.conflict_for(kept, name, value) if reason == Reason.CONFLICT else NO_CONFLICT
            changes[name] = ChoiceChange(name, value, None, reason, conflict)
    return Migration({name: kept[name] for name in choices if name in kept}, tuple(changes.values()))


def _reason(name: str, value: Value, before: Model, after: Model) -> Reason | None:
    """Why a choice has no place in the new release whatever else is chosen; None when it has."""
    if not after.has(name):
        return Reason.FEATURE_GONE
    domain = after.domain(name)
    if type(value) is not type(domain[0]):
        return Reason.KIND_CHANGED
    if not _is_number(value):
        return None if value in domain else Reason.VALUE_GONE
    if before.has(name) and before.variable(name).unit != after.variable(name).unit:
        return Reason.UNIT_CHANGED
    return None if value in domain else Reason.OUT_OF_RANGE


def _largest_part(choices: Choices, after: Answers) -> dict[str, Value]:
    """The most choices that go together, the oldest of them if there are several such sets.

    A choice that holds saves one, so that the cheapest selection holds the most. Then each choice it gives up,
    oldest first, is asked for: it stays if with it as many hold.
    """
    rewards = dict.fromkeys(choices.items(), -1)
    best = after.cheapest({}, rewards)
    kept: dict[str, Value] = {}
    for name, value in choices.items():
        if best.selection[name] != value:
            if value not in after.valid_domains(kept)[name]:
                continue
            other = after.cheapest({**kept, name: value}, rewards)
            if other.price > best.price:
                continue
            best = other
        kept[name] = value
    return kept


def _moved(
    name: str, value: Value, reason: Reason, kept: Mapping[str, Value], after: Answers
) -> tuple[ChoiceChange, dict[str, Value]]:
    """A number at the nearest place the kept choices leave it, and the choices with it among them."""
    valid = after.valid_domains(kept)[name]
    wanted = value if reason == Reason.CONFLICT else _nearest(after.model.domain(name), value)
    conflict = NO_CONFLICT if wanted in valid else after.conflict_for(kept, name, wanted)
    nearest = _nearest(tuple(valid), value)
    return ChoiceChange(name, value, nearest, reason, conflict), {**kept, name: nearest}


def _nearest(numbers: Sequence[Value], wanted: Value) -> Value:
    return min((int(number) for number in numbers), key=lambda number: (abs(number - int(wanted)), number))


def _is_number(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
