"""What every verb checks before it believes a selection."""

from collections.abc import Mapping

from configurator.engine import NoValidCompletion
from configurator.engine.expressions import Value
from configurator.errors import NotBuildable, QuantityOutOfLimits, UnknownChoice
from configurator.loading import engine_of
from configurator.models import Release
from configurator.models.cart import QUANTITY_LIMIT


def quantity_checked(quantity: object) -> int:
    """A whole number from 1 to the limit of the shop; raises `QuantityOutOfLimits`."""
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 1 <= quantity <= QUANTITY_LIMIT:
        raise QuantityOutOfLimits(quantity)
    return quantity


def value_checked(release: Release, feature: str, value: Value) -> Value:
    """The value as the engine knows it, read from text if need be; raises `UnknownChoice`."""
    engine = engine_of(release)
    if feature not in engine.domains:
        raise UnknownChoice(feature)
    for known in engine.domains[feature]:
        # bool is an int: True must not pass for 1, so types are compared too; text comes from forms.
        if (type(known) is type(value) and known == value) or (isinstance(value, str) and _as_text(known) == value):
            return known
    raise UnknownChoice(feature, value)


def choices_checked(release: Release, choices: Mapping[str, Value]) -> dict[str, Value]:
    """The choices with values as the engine knows them; raises `UnknownChoice`."""
    return {feature: value_checked(release, feature, value) for feature, value in choices.items()}


def selection_checked(release: Release, choices: Mapping[str, Value]) -> dict[str, Value]:
    """A complete valid selection keeping the choices; raises `UnknownChoice` or `NotBuildable`."""
    engine = engine_of(release)
    try:
        return engine.complete(choices_checked(release, choices))
    except NoValidCompletion as error:
        words = engine.words.conflict(error.conflict)
        raise NotBuildable(engine.product_name, words.rules) from error


def _as_text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
