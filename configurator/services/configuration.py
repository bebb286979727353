"""What a customer does to a configuration. Each verb names the revision it was made on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from configurator.engine import Conflict, Repair, Value
from configurator.errors import NoSuchRepair, StaleRevision
from configurator.loading import ReleaseEngine, engine_of
from configurator.loading.moving import Moved, move
from configurator.models import Configuration, Release
from configurator.services.release_sold import release_expected
from configurator.services.selection import choices_checked, selection_checked, value_checked
from foundation.api import User

HISTORY_LIMIT = 50


@dataclass(frozen=True, slots=True)
class CameAlong:
    """A value the customer did not name and that changed with the choice."""

    feature: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Change:
    """What a verb did to a configuration."""

    configuration: Configuration
    came_along: tuple[CameAlong, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A configuration on the release that is sold now, and what that changed."""

    configuration: Configuration
    moved: Moved


@dataclass(frozen=True, slots=True)
class ChoiceRefused:
    """An answer, not an error: the value cannot be had as things stand; nothing was changed."""

    configuration: Configuration
    feature: str
    value: Value
    conflict: Conflict
    repairs: tuple[Repair, ...]


def configuration_start(
    *,
    release: Release,
    owner: User | None,
    session_key: str,
    now: datetime,
    choices: Mapping[str, Value] | None = None,
) -> Configuration:
    """Open a configuration on the standard, or on given choices; raises `UnknownChoice` or `NotBuildable`."""
    checked = choices_checked(release, choices or {})
    selection_checked(release, checked)
    return Configuration.objects.create(
        release=release, choices=checked, owner=owner, session_key=session_key, created_at=now, updated_at=now
    )


def choice_make(
    *, public_id: UUID, revision: int, feature: str, value: Value | None, now: datetime
) -> Change | ChoiceRefused:
    """Take a value, or withdraw the choice with None. A form's text is understood as the value it stands for."""
    configuration = _at(public_id, revision)
    engine = engine_of(configuration.release)
    choices: dict[str, Value] = dict(configuration.choices)
    if value is None:
        choices.pop(feature, None)
        return _change(configuration, engine, choices, touched={feature}, now=now)
    value = value_checked(configuration.release, feature, value)
    if value not in engine.valid_domains(choices)[feature]:
        return _refused(configuration, engine, feature, value)
    return _change(configuration, engine, {**choices, feature: value}, touched={feature}, now=now)


def repair_apply(
    *, public_id: UUID, revision: int, feature: str, value: Value, number: int, now: datetime
) -> Change | ChoiceRefused:
    """Take an excluded value by one of the repairs on offer, counted from 0; raises `NoSuchRepair`."""
    configuration = _at(public_id, revision)
    engine = engine_of(configuration.release)
    value = value_checked(configuration.release, feature, value)
    repairs = engine.repairs(configuration.choices, feature, value)
    if not 0 <= number < len(repairs):
        raise NoSuchRepair(number)
    choices = engine.repaired(configuration.choices, repairs[number], feature, value)
    touched = {feature, *repairs[number].remove, *repairs[number].set}
    return _change(configuration, engine, choices, touched=touched, now=now)


def choices_undo(*, public_id: UUID, revision: int, now: datetime) -> Change:
    """Go back to the choices before the last change; nothing happens when there are none."""
    configuration = _at(public_id, revision)
    past = list(configuration.past)
    if not past:
        return Change(configuration)
    release, before = _recalled(configuration, past.pop())
    future = [*configuration.future, _remembered(configuration, release)]
    _store(configuration, choices=before, past=past, future=future, now=now, release=release)
    return Change(configuration)


def choices_redo(*, public_id: UUID, revision: int, now: datetime) -> Change:
    """Take back the last undo; nothing happens when there was none."""
    configuration = _at(public_id, revision)
    future = list(configuration.future)
    if not future:
        return Change(configuration)
    release, after = _recalled(configuration, future.pop())
    past = [*configuration.past, _remembered(configuration, release)]
    _store(configuration, choices=after, past=past, future=future, now=now, release=release)
    return Change(configuration)


def choices_clear(*, public_id: UUID, revision: int, now: datetime) -> Change:
    """Go back to the standard; the choices stay in the history."""
    configuration = _at(public_id, revision)
    return _change(configuration, engine_of(configuration.release), {}, touched=set(configuration.choices), now=now)


def release_take(*, public_id: UUID, revision: int, release_number: int, now: datetime) -> Taken:
    """Bring the configuration to the release that is sold now, with the least change; undo brings the old one back.

    `release_number` is the release whose changes the customer has seen. Raises `ReleaseMoved` when it is not the one
    that is sold any more; nothing happens when the configuration is on it already.
    """
    configuration = _at(public_id, revision)
    release = release_expected(configuration.release, release_number)
    moved = move(configuration.choices, engine_of(configuration.release), engine_of(release))
    if release.pk != configuration.release_id:
        past = [*configuration.past, _remembered(configuration, release)][-HISTORY_LIMIT:]
        _store(configuration, choices=dict(moved.migration.choices), past=past, future=[], now=now, release=release)
    return Taken(configuration, moved)


def _remembered(configuration: Configuration, following: Release) -> dict[str, Any]:
    """The choices as the history keeps them; with their release where the step that follows is of another one."""
    if following.pk == configuration.release_id:
        return configuration.choices
    return {"release": configuration.release_id, "choices": configuration.choices}


def _recalled(configuration: Configuration, step: dict[str, Any]) -> tuple[Release, dict[str, Value]]:
    """A step of the history: its release, which is the present one unless it says another, and its choices."""
    if not isinstance(step.get("choices"), dict):  # a feature may be called choices; its value is never a dictionary
        return configuration.release, step
    release = Release.objects.select_related("product").defer("package").get(pk=step["release"])
    return release, step["choices"]


def _at(public_id: UUID, revision: int) -> Configuration:
    """The configuration, if it still is as it was shown; raises `Configuration.DoesNotExist` or `StaleRevision`."""
    configuration = (
        Configuration.objects.select_related("release__product").defer("release__package").get(public_id=public_id)
    )
    if configuration.revision != revision:
        raise StaleRevision(configuration)
    return configuration


def _change(
    configuration: Configuration,
    engine: ReleaseEngine,
    choices: dict[str, Value],
    *,
    touched: set[str],
    now: datetime,
) -> Change:
    before = engine.complete(configuration.choices)
    after = engine.complete(choices)
    if choices != configuration.choices:
        past = [*configuration.past, configuration.choices][-HISTORY_LIMIT:]
        _store(configuration, choices=choices, past=past, future=[], now=now)
    came_along = tuple(
        CameAlong(feature, before[feature], value)
        for feature, value in after.items()
        if feature not in touched and before[feature] != value
    )
    return Change(configuration, came_along)


def _store(
    configuration: Configuration,
    *,
    choices: dict[str, Value],
    past: list[Any],
    future: list[Any],
    now: datetime,
    release: Release | None = None,
) -> None:
    """Write the choices if nobody else has since; raises `StaleRevision` with what stands now."""
    values = {
        "release": release or configuration.release,
        "choices": choices,
        "past": past,
        "future": future[-HISTORY_LIMIT:],
        "revision": configuration.revision + 1,
        "updated_at": now,
    }
    unchanged = Configuration.objects.filter(pk=configuration.pk, revision=configuration.revision)
    if unchanged.update(**values) != 1:
        raise StaleRevision(
            Configuration.objects.select_related("release__product").defer("release__package").get(pk=configuration.pk)
        )
    for field, value in values.items():
        setattr(configuration, field, value)


def _refused(configuration: Configuration, engine: ReleaseEngine, feature: str, value: Value) -> ChoiceRefused:
    return ChoiceRefused(
        configuration=configuration,
        feature=feature,
        value=value,
        conflict=engine.conflict_for(configuration.choices, feature, value),
        repairs=engine.repairs(configuration.choices, feature, value),
    )
