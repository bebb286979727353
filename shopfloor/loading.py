"""The shop floor's only translator between rows and engine values."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any
from uuid import UUID

from configurator.api import Expression, ExpressionError, Value, evaluate, names, parse_expression
from shopfloor.engine.codec import RegisterType
from shopfloor.engine.errors import LineError
from shopfloor.engine.recipe import DURATION, DURATION_FIELD, FormulaField, Recipe, encode_formula
from shopfloor.engine.register_map import DriverProfile
from shopfloor.formats.driver_profile import parse_profile
from shopfloor.formats.line_package import FormulaEntry, RecipeEntry, formula_document, formula_entry
from shopfloor.models import Controller, MasterRecipe, Transfer
from shopfloor.models import DriverProfile as DriverProfileRow


class RecipeRefused(Exception):
    """A recipe that must not be sent; the text is a sentence for the person at the line."""


@dataclass(frozen=True, slots=True)
class ControllerTarget:
    """A controller as the gateway needs it: where it is, how it is read, which stations it serves."""

    controller_id: int
    code: str
    host: str
    port: int
    unit_id: int
    profile: DriverProfile
    channels: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class ClaimedTransfer:
    """A transfer under a gateway's lease: PENDING is to be sent, UNKNOWN only to be read."""

    transfer_id: int
    token: UUID
    state: str
    controller_id: int
    channel: int
    station_code: str
    sequence_number: int
    job_id: UUID
    words: tuple[int, ...]
    crc: int
    serial: str
    recipe_code: str
    recipe_version: int
    boot_id: int | None


@dataclass(frozen=True, slots=True)
class FormulaTerm:
    """One value of a master recipe, ready to be evaluated."""

    entry: FormulaEntry
    field: FormulaField
    expression: Expression


@dataclass(frozen=True, slots=True)
class EncodedRecipe:
    """A formula evaluated and encoded for one controller."""

    recipe: Recipe
    values: tuple[dict[str, Any], ...]
    """name, value, unit, register and position (of its first word) of each value, for the trace."""
    content_hash: str


@lru_cache(maxsize=64)
def profile_from_toml(toml: str, source: str) -> DriverProfile:
    """The profile written in `toml`; raises `ProfileInvalid`."""
    return parse_profile(toml, source)


def profile_of(row: DriverProfileRow) -> DriverProfile:
    """The engine's reading of a stored profile."""
    return profile_from_toml(row.toml, str(row))


def controller_target(controller: Controller) -> ControllerTarget:
    """The target of a controller loaded with profile and channels."""
    return ControllerTarget(
        controller_id=controller.pk,
        code=controller.code,
        host=controller.host,
        port=controller.port,
        unit_id=controller.unit_id,
        profile=profile_of(controller.profile),
        channels={channel.index: channel.station_code for channel in controller.channels.all()},
    )


def claimed_transfer(transfer: Transfer) -> ClaimedTransfer:
    """The value of a claimed row loaded with channel, controller, unit and master recipe."""
    recipe = transfer.control_recipe
    master = recipe.master_recipe
    if transfer.token is None or transfer.sequence_number is None or master is None:
        raise ValueError(f"{transfer} is not claimed")
    return ClaimedTransfer(
        transfer_id=transfer.pk,
        token=transfer.token,
        state=transfer.state,
        controller_id=transfer.channel.controller_id,
        channel=transfer.channel.index,
        station_code=transfer.channel.station_code,
        sequence_number=transfer.sequence_number,
        job_id=recipe.job_id,
        words=tuple(recipe.words),
        crc=recipe.crc,
        serial=recipe.unit.serial,
        recipe_code=master.code,
        recipe_version=master.version,
        boot_id=transfer.channel.controller.boot_id,
    )


def recipe_document(entry: RecipeEntry) -> dict[str, Any]:
    """What of a master recipe decides its content hash, as JSON-able data."""
    return {
        "name": entry.name,
        "formula": [formula_document(value) for value in entry.formula],
        "phases": list(entry.phases),
    }


def hash_of(document: Any) -> str:
    """SHA-256 of JSON-able data, independent of the order of keys."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def formula_term(entry: FormulaEntry) -> FormulaTerm:
    """The entry with its expression parsed and its register typed; raises `RuleSyntaxError` or ValueError."""
    return FormulaTerm(
        entry=entry,
        field=FormulaField(
            name=entry.name,
            type=RegisterType.parse(entry.register),
            scale=Fraction(entry.scale),
            minimum=None if entry.minimum is None else Fraction(entry.minimum),
            maximum=None if entry.maximum is None else Fraction(entry.maximum),
        ),
        expression=parse_expression(entry.value, source=entry.name),
    )


def formula_of(master: MasterRecipe) -> tuple[FormulaTerm, ...]:
    """The stored formula, ready to be evaluated."""
    return _formula(json.dumps(master.formula))


@lru_cache(maxsize=512)
def _formula(document: str) -> tuple[FormulaTerm, ...]:
    return tuple(formula_term(formula_entry(entry)) for entry in json.loads(document))


def term_value(term: FormulaTerm, parameters: Mapping[str, Value]) -> Value:
    """The value of one term; a name that is no parameter stands for itself, as the word of an option does.

    Raises `ExpressionError`.
    """
    words: dict[str, Value] = {name: name for name in names(term.expression) if name not in parameters}
    return evaluate(term.expression, {**words, **parameters})


def recipe_encoded(
    *,
    job_id: UUID,
    title: str,
    formula: Sequence[FormulaTerm],
    parameters: Mapping[str, Value],
    duration_seconds: int,
    profile: DriverProfile,
) -> EncodedRecipe:
    """The formula's values in the registers of one controller, the duration first.

    Raises `RecipeRefused` with a sentence when a value cannot be calculated, leaves its limits or does not fit.
    """
    if not 0 < duration_seconds <= profile.longest_run_seconds:
        raise RecipeRefused(
            f"{title}: a run of {duration_seconds:,} s is not possible; the controller takes 1 to "
            f"{profile.longest_run_seconds:,} s."
        )
    fields = [DURATION_FIELD]
    results: dict[str, Value] = {DURATION: duration_seconds}
    for term in formula:
        fields.append(term.field)
        try:
            results[term.entry.name] = term_value(term, parameters)
        except ExpressionError as error:
            raise RecipeRefused(
                f"{title}: {term.entry.name} = {term.entry.value} cannot be calculated: {error}."
            ) from error
    try:
        words = encode_formula(fields, results, profile.encoding, profile.recipe_registers)
    except LineError as error:
        raise RecipeRefused(f"{title}: {error}.") from error
    units = {term.entry.name: term.entry.unit for term in formula} | {DURATION: "s"}
    values, position = [], 0
    for field in fields:
        values.append(
            {
                "name": field.name,
                "value": results[field.name],
                "unit": units[field.name],
                "register": str(field.type),
                "position": position,
            }
        )
        position += field.type.registers
    recipe = Recipe(job_id=job_id, words=words, map_version=profile.map_version)
    return EncodedRecipe(
        recipe=recipe,
        values=tuple(values),
        content_hash=hash_of({"values": values, "words": list(words), "map_version": profile.map_version}),
    )


def serial_of(production_order_number: str, unit_number: int) -> str:
    """The serial number of a unit: readable, and unique because production order numbers are."""
    return f"{production_order_number}-{unit_number:02d}"
