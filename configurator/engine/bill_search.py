"""Looking for a valid selection that comes to a place of the bill and meets something there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from configurator.engine.bill_places import NO_FEATURES, Features, Place, Question
from configurator.engine.bill_values import TRUE, Numbers, Sight, possible
from configurator.engine.expressions import Value
from configurator.engine.model import Choices

SPLIT_LIMIT = 8
"""Values of one feature that are fixed one by one; more are halved first."""
STEP_LIMIT = 20_000
"""Parts of the values that one search looks at before it is given up."""
KEPT_ANSWERS = 2_000

Values = frozenset[Value]


class Answers(Protocol):
    """What is asked of a compiled model."""

    def valid_domains(self, choices: Choices) -> Mapping[str, Values]:
        """For every feature the values that occur in at least one selection containing the choices."""

    def complete(self, choices: Choices, preferences: Choices) -> dict[str, Value]:
        """A complete valid selection with the choices in it."""


class TooMuch(Exception):
    """A search took more steps than it may; `seconds` when it was the time of the whole proof that ran out."""

    def __init__(self, seconds: bool) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class _Box:
    """A part of all selections: those with the choices, in which the features have one of their values."""

    choices: Mapping[str, Value]
    values: Mapping[str, Values]


class BillSearch:
    """Searches in one model, which keep what they learnt about it."""

    def __init__(self, compiled: Answers, budget_seconds: float) -> None:
        self._compiled = compiled
        self._until = monotonic() + budget_seconds
        self._known: dict[tuple[tuple[str, Value], ...], Mapping[str, Values]] = {}
        self.questions = 0
        """How often the model was asked."""
        self.domains: Mapping[str, Values] = dict(self._valid({}))
        self.sight: Sight = {name: possible(values) for name, values in self.domains.items()}
        """What every name can be over all valid selections."""

    def find(self, place: Place, steps: Sequence[Question]) -> dict[str, Value] | None:
        """Choices of which every valid completion comes to the place and there answers yes to all; None if none do.

        Raises TooMuch when that is not decided within the limits.
        """
        way = place.way()
        features = NO_FEATURES.union(*(step.features for each in way for step in each.steps))
        features = features.union(*(step.features for step in steps))
        waiting = [_Box({}, {name: self.domains[name] for name in sorted(features) if name in self.domains})]
        for _ in range(STEP_LIMIT):
            if not waiting:
                return None
            self.check_time()
            box = waiting.pop()
            open_features = _undecided(way, steps, box)
            if open_features is None:
                continue
            if open_features:
                candidates = [name for name in open_features if len(box.values.get(name, ())) > 1]
            else:
                candidates = self._narrowed(box)
                if not candidates:
                    return dict(box.choices)
            waiting.extend(self._parts(box, min(candidates, key=lambda name: (len(box.values[name]), name))))
        raise TooMuch(seconds=False)

    def check_time(self) -> None:
        """Raise TooMuch when the time of the proof is over."""
        if monotonic() > self._until:
            raise TooMuch(seconds=True)

    def witness(self, choices: Choices) -> dict[str, Value]:
        """A complete valid selection with the choices in it."""
        return self._compiled.complete(choices, {})

    def _narrowed(self, box: _Box) -> list[str]:
        """Features whose values were halved without asking the model whether one of the half goes with the others."""
        valid = self._valid(box.choices)
        return [name for name, values in box.values.items() if name not in box.choices and values != valid[name]]

    def _parts(self, box: _Box, name: str) -> Iterable[_Box]:
        """The box in parts that have fewer values of the feature, last part first."""
        values = sorted(box.values[name])
        if len(values) > SPLIT_LIMIT:
            half = len(values) // 2
            for part in (values[half:], values[:half]):
                yield _Box(box.choices, {**box.values, name: frozenset(part)})
            return
        for value in reversed(values):
            choices = {**box.choices, name: value}
            valid = self._valid(choices)
            kept = {
                other: rest if other in choices else rest & valid[other]
                for other, rest in {**box.values, name: frozenset({value})}.items()
            }
            if all(kept.values()):
                yield _Box(choices, kept)

    def _valid(self, choices: Choices) -> Mapping[str, Values]:
        key = tuple(sorted(choices.items()))
        found = self._known.get(key)
        if found is None:
            self.questions += 1
            found = self._compiled.valid_domains(choices)
            if len(self._known) < KEPT_ANSWERS:
                self._known[key] = found
        return found


def _undecided(way: Sequence[Place], steps: Sequence[Question], box: _Box) -> Features | None:
    """The features that the first open step on the way depends on; none when all are yes, None when one is no."""
    selection: Sight = {name: possible(values) for name, values in box.values.items()}
    sight, total = selection, _ONE
    first: Features = NO_FEATURES
    for place in way:
        for step in place.steps:
            answer = step.ask(sight, total)
            if True not in answer:
                return None
            if answer != TRUE and not first:
                first = step.features
        sight, total = place.enter(sight, total, selection)
    for step in steps:
        answer = step.ask(sight, total)
        if True not in answer:
            return None
        if answer != TRUE and not first:
            first = step.features
    return first


_ONE: Numbers = frozenset({1})
