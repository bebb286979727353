"""How every value of every feature stands: chosen, implied by the choices, the standard, free or excluded."""

from collections.abc import Mapping
from enum import Enum

from configurator.engine.expressions import Value
from configurator.engine.model import Choices
from configurator.engine.vocabulary import Vocabulary


class State(Enum):
    """How one value of a feature stands."""

    CHOSEN = "chosen"
    """The customer picked it."""
    IMPLIED = "implied"
    """The only value that is left; `CompiledModel.why_implied` says why."""
    DEFAULT = "default"
    """What the customer gets who does not pick another."""
    FREE = "free"
    """It can be picked; of a chosen feature: it can be changed to."""
    EXCLUDED = "excluded"
    """No selection with the choices has it; `CompiledModel.conflict_for` says why."""


def states(
    vocabulary: Vocabulary, domains: Mapping[str, frozenset[Value]], choices: Choices, defaults: Choices
) -> dict[str, dict[Value, State]]:
    """The state of every value of every feature, given the valid domains under the choices.

    A default that is excluded or not named leaves its feature without one.
    """
    return {
        name: {value: _state(value, domains[name], choices.get(name), defaults.get(name)) for value in domain.values}
        for name, domain in zip(vocabulary.names, vocabulary.domains)
    }


def _state(value: Value, valid: frozenset[Value], chosen: Value | None, default: Value | None) -> State:
    if chosen is not None and value == chosen:
        return State.CHOSEN
    if value not in valid:
        return State.EXCLUDED
    if chosen is None and len(valid) == 1:
        return State.IMPLIED
    return State.DEFAULT if chosen is None and value == default else State.FREE
