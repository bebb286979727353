"""Bringing the line's knowledge in and out: driver profiles, controllers with channels, master recipes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import F, ProtectedError

from configurator.api import ExpressionError, RuleSyntaxError
from foundation.api import User, audit_record
from foundation.documents import DocumentError, Fault
from planning.api import stations_known
from shopfloor.formats.driver_profile import parse_profile, shipped_profiles
from shopfloor.formats.line_package import (
    ControllerEntry,
    LinePackage,
    RecipeEntry,
    formula_entry,
    parse_line_package,
    read_line_package,
    write_line_package,
)
from shopfloor.loading import formula_term, hash_of, profile_of, recipe_document
from shopfloor.models import Channel, Controller, DriverProfile, MasterRecipe


@dataclass(frozen=True, slots=True)
class Imported:
    """How much an import changed."""

    controllers: int
    recipes: int
    unchanged_recipes: int


class ProfileChanged(Exception):
    """A profile's text differs from the stored one of the same code and map version."""

    def __init__(self, code: str, version: int) -> None:
        super().__init__(
            f"The driver profile {code} map {version} is stored with another text. A changed map needs a new version."
        )
        self.code, self.version = code, version


@transaction.atomic
def driver_profiles_load(*, paths: Iterable[Path] | None = None) -> tuple[DriverProfile, ...]:
    """The rows of all profiles in `paths`, by default those that come with the product; known ones stay as they are.

    Raises `ProfileInvalid`, and `ProfileChanged` for a text that changed without a new map version.
    """
    chosen = shipped_profiles().values() if paths is None else paths
    return tuple(_profile_row(path.read_text(encoding="utf-8"), str(path)) for path in chosen)


def _profile_row(toml: str, source: str) -> DriverProfile:
    profile = parse_profile(toml, source)
    content_hash = hash_of(toml)
    row, _ = DriverProfile.objects.get_or_create(
        code=profile.code,
        version=profile.map_version,
        defaults={"name": profile.name, "toml": toml, "content_hash": content_hash},
    )
    if row.content_hash != content_hash:
        raise ProfileChanged(profile.code, profile.map_version)
    return row


@transaction.atomic
def line_package_import(*, source: Path | str, actor: User | None, now: datetime) -> Imported:
    """What changed after the package at a path (or in a text) was brought in, whole or not at all.

    Controllers and channels become as the package says; those it does not name stay. A recipe that differs from
    its newest version becomes the next version. Raises `DocumentError` naming file, line and reason.
    """
    name = str(source) if isinstance(source, Path) else "line package"
    package = read_line_package(source) if isinstance(source, Path) else parse_line_package(source)
    driver_profiles_load()
    profiles = _newest_profiles()
    faults = [*_recipe_faults(package.recipes), *_controller_faults(package.controllers, profiles)]
    if faults:
        raise DocumentError(name, faults)
    controllers = _store_controllers(package.controllers, profiles, name)
    stored = [_store_recipe(entry, now) for entry in package.recipes]
    imported = Imported(
        controllers=len(package.controllers), recipes=sum(stored), unchanged_recipes=len(stored) - sum(stored)
    )
    for controller in controllers.values():
        audit_record(actor=actor, verb="line package imported", subject=controller, detail={"source": name}, at=now)
    return imported


def line_package_export() -> str:
    """The line as it stands, as a line package: every controller, every recipe in its newest version."""
    controllers = Controller.objects.select_related("profile").prefetch_related("channels").order_by("code")
    newest: dict[str, MasterRecipe] = {}
    for master in MasterRecipe.objects.order_by("code", "version"):
        newest[master.code] = master
    return write_line_package(
        LinePackage(
            controllers=tuple(
                ControllerEntry(
                    code=controller.code,
                    profile=controller.profile.code,
                    channels=tuple(
                        channel.station_code
                        for channel in sorted(controller.channels.all(), key=lambda channel: channel.index)
                    ),
                    host=controller.host,
                    port=controller.port,
                    unit_id=controller.unit_id,
                )
                for controller in controllers
            ),
            recipes=tuple(
                RecipeEntry(
                    code=master.code,
                    name=master.name,
                    formula=tuple(formula_entry(document) for document in master.formula),
                    phases=tuple(master.phases),
                )
                for master in newest.values()
            ),
        )
    )


def _newest_profiles() -> dict[str, DriverProfile]:
    return {row.code: row for row in DriverProfile.objects.order_by("code", "version")}


def _recipe_faults(recipes: Iterable[RecipeEntry]) -> list[Fault]:
    faults = []
    for recipe in recipes:
        for entry in recipe.formula:
            try:
                formula_term(entry)
            except RuleSyntaxError as error:
                faults.append(Fault(entry.line, f"{recipe.code}, {entry.name}: {error}"))
            except (ExpressionError, ValueError) as error:
                faults.append(Fault(entry.line, f"{recipe.code}, {entry.name}: {error}."))
    return faults


def _controller_faults(controllers: Iterable[ControllerEntry], profiles: dict[str, DriverProfile]) -> list[Fault]:
    stations = {station.code for station in stations_known()}
    entries = list(controllers)
    named = {entry.code for entry in entries}
    taken = {
        channel.station_code: channel.controller.code
        for channel in Channel.objects.select_related("controller")
        if channel.controller.code not in named
    }
    faults = []
    for entry in entries:
        profile = profiles.get(entry.profile)
        if profile is None:
            known = ", ".join(sorted(profiles))
            faults.append(Fault(entry.line, f"{entry.code}: there is no profile {entry.profile}; known are {known}."))
        else:
            room = profile_of(profile).channels
            if len(entry.channels) > room:
                reason = f"{entry.code} serves {len(entry.channels)} stations, {entry.profile} has {room} channels."
                faults.append(Fault(entry.line, reason))
        for station in entry.channels:
            if station not in stations:
                faults.append(Fault(entry.line, f"{entry.code}: no plant has a station {station}."))
            if station in taken:
                faults.append(Fault(entry.line, f"{entry.code}: {taken[station]} serves the station {station}."))
    return faults


def _store_controllers(
    entries: Sequence[ControllerEntry], profiles: dict[str, DriverProfile], name: str
) -> dict[str, Controller]:
    """The rows of the controllers named, with their channels as the package says."""
    controllers = {}
    for entry in entries:
        controllers[entry.code], _ = Controller.objects.update_or_create(
            code=entry.code,
            defaults={
                "host": entry.host,
                "port": entry.port,
                "unit_id": entry.unit_id,
                "profile": profiles[entry.profile],
            },
        )
    wanted = {station: (entry, index) for entry in entries for index, station in enumerate(entry.channels)}
    present = Channel.objects.filter(controller__in=controllers.values())
    for channel in present.exclude(station_code__in=wanted):
        try:
            channel.delete()
        except ProtectedError as error:
            reason = f"The station {channel.station_code} has had recipes; its channel cannot be taken away."
            entry = next(entry for entry in entries if controllers[entry.code].pk == channel.controller_id)
            raise DocumentError(name, (Fault(entry.line, reason),)) from error
    # Channels move out of the way first, so that stations can change places; a channel keeps its row for life,
    # because its sequence numbers must never be given out again.
    present.update(index=F("index") + OUT_OF_THE_WAY)
    for station, (entry, index) in wanted.items():
        Channel.objects.update_or_create(
            station_code=station, defaults={"controller": controllers[entry.code], "index": index}
        )
    return controllers


OUT_OF_THE_WAY = 1000
"""Above every channel number a register map can have."""


def _store_recipe(entry: RecipeEntry, now: datetime) -> bool:
    """Whether the recipe is news and became a version of its own."""
    document = recipe_document(entry)
    content_hash = hash_of(document)
    newest = MasterRecipe.objects.filter(code=entry.code).order_by("-version").first()
    if newest is not None and newest.content_hash == content_hash:
        return False
    MasterRecipe.objects.create(
        code=entry.code,
        version=newest.version + 1 if newest else 1,
        name=entry.name,
        formula=document["formula"],
        phases=document["phases"],
        content_hash=content_hash,
        created_at=now,
    )
    return True
