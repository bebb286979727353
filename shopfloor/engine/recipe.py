"""A control recipe as registers: the formula's values in order, then length, job id and checksum around them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias
from uuid import UUID

from shopfloor.engine.codec import Encoding, Kind, RegisterType, Word, decode, decode_integer, encode, recipe_crc
from shopfloor.engine.errors import RecipeTooLong, ValueRefused

FormulaValue: TypeAlias = int | bool | float | str | Fraction

# The first field of every recipe: the run's length in seconds of plant time.
DURATION = "duration_seconds"


@dataclass(frozen=True)
class FormulaField:
    """One value of a recipe: its register type, its scale and its engineering limits.

    The register holds value x scale, which must come out whole for an integer type. Limits are in the value's
    own unit, both included; None leaves only what the register can hold.
    """

    name: str
    type: RegisterType
    scale: Fraction = Fraction(1)
    minimum: Fraction | None = None
    maximum: Fraction | None = None

    def __post_init__(self) -> None:
        if self.type.kind is Kind.UUID:
            raise ValueError(f"{self.name}: a recipe value cannot be an identifier")
        if self.type.kind is Kind.TEXT and (self.scale != 1 or self.minimum is not None or self.maximum is not None):
            raise ValueError(f"{self.name}: a text has neither scale nor limits")
        if self.scale <= 0:
            raise ValueError(f"{self.name}: the scale must be positive, not {self.scale}")

    def span(self) -> tuple[Fraction, Fraction] | None:
        """Lowest and highest value the register and the limits leave together; None where no bound is known."""
        bounds = self.type.integer_range
        low = None if bounds is None else bounds[0] / self.scale
        high = None if bounds is None else bounds[1] / self.scale
        if self.minimum is not None:
            low = self.minimum if low is None else max(low, self.minimum)
        if self.maximum is not None:
            high = self.maximum if high is None else min(high, self.maximum)
        return None if low is None or high is None else (low, high)


DURATION_FIELD = FormulaField(DURATION, RegisterType(Kind.U32), minimum=Fraction(0))


def encode_value(field: FormulaField, value: FormulaValue, encoding: Encoding) -> tuple[Word, ...]:
    """The registers of one value; ValueRefused outside its limits, its type, or between two register steps."""
    if field.type.kind is Kind.TEXT:
        return encode(str(value), field.type, encoding, field.name)
    if isinstance(value, str):
        raise ValueRefused(field.name, value, f"is not a number, as {field.type} needs")
    exact = Fraction(value)
    if field.minimum is not None and exact < field.minimum:
        raise ValueRefused(field.name, value, f"is below the limit of {float(field.minimum):g}")
    if field.maximum is not None and exact > field.maximum:
        raise ValueRefused(field.name, value, f"is above the limit of {float(field.maximum):g}")
    scaled = exact * field.scale
    if field.type.kind is Kind.F32:
        return encode(float(scaled), field.type, encoding, field.name)
    if scaled.denominator != 1:
        raise ValueRefused(field.name, value, f"falls between two steps of its register, which are {1 / field.scale}")
    return encode(int(scaled), field.type, encoding, field.name)


def encode_formula(
    fields: Sequence[FormulaField],
    values: Mapping[str, FormulaValue],
    encoding: Encoding,
    word_limit: int,
) -> tuple[Word, ...]:
    """The words of a recipe, fields in order without gaps.

    Raises ValueRefused naming the first value that does not fit, RecipeTooLong beyond `word_limit` registers.
    """
    words: list[Word] = []
    for field in fields:
        if field.name not in values:
            raise ValueRefused(field.name, None, "is missing")
        words.extend(encode_value(field, values[field.name], encoding))
    if not 0 < len(words) <= word_limit:
        raise RecipeTooLong(len(words), word_limit)
    return tuple(words)


def decode_formula(fields: Sequence[FormulaField], words: Sequence[Word], encoding: Encoding) -> dict[str, object]:
    """The values held by a recipe's words, in their own units; numbers come back as exact fractions."""
    values: dict[str, object] = {}
    position = 0
    for field in fields:
        raw = decode(words[position : position + field.type.registers], field.type, encoding)
        values[field.name] = raw if isinstance(raw, str | UUID) else Fraction(raw) / field.scale
        position += field.type.registers
    return values


def run_seconds(words: Sequence[Word], encoding: Encoding) -> int:
    """The run's length in seconds: what the first two registers of every recipe say."""
    return decode_integer(words[: DURATION_FIELD.type.registers], DURATION_FIELD.type, encoding)


@dataclass(frozen=True)
class Recipe:
    """The words of one job, and what the header says about them."""

    job_id: UUID
    words: tuple[Word, ...]
    map_version: int

    @property
    def crc(self) -> int:
        """Checksum over job id, map version, length and words."""
        return recipe_crc(self.job_id, self.map_version, self.words)
