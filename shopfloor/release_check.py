"""The shop floor's answer to the configurator's question whether the lines can take every recipe of a release."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod

from configurator.api import ExpressionError, Finding, ParameterSpace, ReleaseSpace, Severity, Value, names
from planning.api import RoutedRecipe, recipes_routed
from shopfloor.engine.errors import LineError
from shopfloor.engine.recipe import encode_value
from shopfloor.engine.register_map import DriverProfile
from shopfloor.loading import FormulaTerm, formula_of, profile_of, term_value
from shopfloor.models import Channel, MasterRecipe
from shopfloor.services.recipes import latest_masters

ENUMERATION_LIMIT = 50_000
"""Formulas with more combinations of values than this are proved at the ends of their ranges only."""


class RegisterRangeCheck:
    """The port `ReleaseCheck`: every value of every recipe fits the registers and limits of every line that may run it.

    A formula over one parameter is tried on every value that parameter can take, so a finding is a fact. Over
    several, all combinations are tried, also those the rules exclude; a finding there is a warning, and each order
    is checked again before anything is sent.
    """

    def findings(self, space: ReleaseSpace) -> tuple[Finding, ...]:
        """What would keep a recipe of this release from being sent; nothing when all can."""
        items = {item.code: item for item in space.items}
        routed = recipes_routed(list(items))
        masters = latest_masters(step.recipe for step in routed)
        profiles = _profiles(station for step in routed for station in step.station_codes)
        found: list[Finding] = []
        for step in routed:
            parameters = {
                name: space.parameters[(step.item_code, name)]
                for name in items[step.item_code].parameters
                if (step.item_code, name) in space.parameters
            }
            found += self._step(step, masters.get(step.recipe), profiles, parameters)
        return tuple(dict.fromkeys(found))

    def _step(
        self,
        step: RoutedRecipe,
        master: MasterRecipe | None,
        profiles: Mapping[str, DriverProfile],
        parameters: Mapping[str, ParameterSpace],
    ) -> Iterator[Finding]:
        where = f"{step.item_code}, {step.operation_name}"
        if master is None:
            text = f"The recipe {step.recipe} does not exist." if step.recipe else "The operation names no recipe."
            yield Finding(Severity.ERROR, where, text)
            return
        for station in step.station_codes:
            if station not in profiles:
                yield Finding(
                    Severity.WARNING, where, f"The station {station} has no controller; nothing is sent there."
                )
        targets = list(
            {profile.code: profile for code, profile in profiles.items() if code in step.station_codes}.values()
        )
        for term in formula_of(master):
            yield from _term(f"{where}, {master.code}", term, parameters, targets)


def _profiles(stations: Iterator[str]) -> dict[str, DriverProfile]:
    channels = Channel.objects.filter(station_code__in=set(stations)).select_related("controller__profile")
    return {channel.station_code: profile_of(channel.controller.profile) for channel in channels}


def _term(
    where: str, term: FormulaTerm, parameters: Mapping[str, ParameterSpace], targets: Sequence[DriverProfile]
) -> Iterator[Finding]:
    """At most one finding per formula value: the first combination that does not fit."""
    used = sorted(name for name in names(term.expression) if name in parameters)
    words = {value for space in parameters.values() for value in space.values if isinstance(value, str)}
    unknown = sorted(name for name in names(term.expression) if name not in parameters and name not in words)
    if unknown:
        text = f"{term.entry.name} = {term.entry.value} asks for {', '.join(unknown)}, which the item does not have."
        yield Finding(Severity.ERROR, where, text)
        return
    candidates = [_candidates(parameters[name]) for name in used]
    complete = (
        all(exact for _, exact in candidates) and prod(len(values) for values, _ in candidates) <= ENUMERATION_LIMIT
    )
    choices = [values if complete else _ends(values) for values, _ in candidates]
    severity = Severity.ERROR if len(used) <= 1 else Severity.WARNING
    for combination in product(*choices):
        chosen = dict(zip(used, combination, strict=True))
        reason = _misfit(term, chosen, targets)
        if reason:
            given = ", ".join(f"{name} = {value}" for name, value in chosen.items())
            yield Finding(severity, where, f"{reason}{f' at {given}' if given else ''}.")
            return
    if not complete:
        text = f"{term.entry.name} has too many combinations to try all; it was tried at the ends of the ranges."
        yield Finding(Severity.WARNING, where, text)


def _candidates(space: ParameterSpace) -> tuple[tuple[Value, ...], bool]:
    """The values to try, and whether they are all there are."""
    if space.values:
        return tuple(sorted(space.values, key=lambda value: (str(type(value)), value))), True
    if space.minimum is not None and space.maximum is not None:
        if space.maximum - space.minimum < ENUMERATION_LIMIT:
            return tuple(range(space.minimum, space.maximum + 1)), True
        return (space.minimum, space.maximum), False
    return (), True


def _ends(values: Sequence[Value]) -> tuple[Value, ...]:
    numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    return tuple(values) if len(values) <= 2 or len(numbers) < len(values) else (min(numbers), max(numbers))


def _misfit(term: FormulaTerm, chosen: Mapping[str, Value], targets: Sequence[DriverProfile]) -> str:
    """Why the value does not fit, empty when it does."""
    try:
        value = term_value(term, chosen)
        for profile in targets:
            encode_value(term.field, value, profile.encoding)
    except (ExpressionError, LineError) as error:
        return str(error)
    return ""
