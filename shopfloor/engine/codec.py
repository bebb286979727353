"""Values to 16-bit registers and back, in all four word orders.

A register is always sent high byte first; the orders differ in how a value of two or four registers is spread
over them. With the bytes of a 32-bit value named A (highest) to D: ABCD is big-endian, CDAB swaps the
registers, BADC swaps the bytes within each register, DCBA does both. A 64-bit value follows the same rule.
"""

import math
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TypeAlias
from uuid import UUID

from shopfloor.engine.errors import ValueRefused

Word: TypeAlias = int
RegisterValue: TypeAlias = int | float | str | UUID


class WordOrder(StrEnum):
    """How the bytes of a value of several registers are spread over them."""

    ABCD = "ABCD"
    CDAB = "CDAB"
    BADC = "BADC"
    DCBA = "DCBA"

    @property
    def swaps_registers(self) -> bool:
        """Whether the lowest register holds the lowest 16 bits."""
        return self in (WordOrder.CDAB, WordOrder.DCBA)

    @property
    def swaps_bytes(self) -> bool:
        """Whether the two bytes of each register are exchanged."""
        return self in (WordOrder.BADC, WordOrder.DCBA)


class TextOrder(StrEnum):
    """Which half of a register holds the earlier of its two characters."""

    HIGH_FIRST = "high-first"
    LOW_FIRST = "low-first"


@dataclass(frozen=True)
class Encoding:
    """What must be known of a controller to read its registers."""

    words: WordOrder = WordOrder.ABCD
    text: TextOrder = TextOrder.HIGH_FIRST


class Kind(Enum):
    """What a register, or a row of them, holds."""

    U16 = "u16"
    I16 = "i16"
    U32 = "u32"
    I32 = "i32"
    F32 = "f32"
    U64 = "u64"
    UUID = "uuid"
    TEXT = "text"


_FORMATS = {
    Kind.U16: ">H",
    Kind.I16: ">h",
    Kind.U32: ">I",
    Kind.I32: ">i",
    Kind.F32: ">f",
    Kind.U64: ">Q",
}
_INTEGER_RANGES = {
    Kind.U16: (0, 2**16 - 1),
    Kind.I16: (-(2**15), 2**15 - 1),
    Kind.U32: (0, 2**32 - 1),
    Kind.I32: (-(2**31), 2**31 - 1),
    Kind.U64: (0, 2**64 - 1),
}


@dataclass(frozen=True)
class RegisterType:
    """The type of a field; `characters` is the room of a text, which takes half as many registers."""

    kind: Kind
    characters: int = 0

    @classmethod
    def parse(cls, text: str) -> "RegisterType":
        """The type written as `u16`, `i16`, `u32`, `i32`, `f32`, `u64`, `uuid` or `text:N`; ValueError otherwise."""
        name, _, size = text.partition(":")
        try:
            kind = Kind(name)
        except ValueError:
            known = ", ".join(kind.value for kind in Kind if kind is not Kind.TEXT)
            raise ValueError(f"{text!r} is no register type; known are {known} and text:N") from None
        if kind is not Kind.TEXT:
            if size:
                raise ValueError(f"{text!r}: only a text has a length")
            return cls(kind)
        if not size.isdecimal() or int(size) < 2 or int(size) % 2:
            raise ValueError(f"{text!r}: the length of a text is an even number of characters, as in text:32")
        return cls(kind, int(size))

    @property
    def registers(self) -> int:
        """How many registers a value of this type takes."""
        if self.kind is Kind.TEXT:
            return self.characters // 2
        return {Kind.U16: 1, Kind.I16: 1, Kind.U64: 4, Kind.UUID: 8}.get(self.kind, 2)

    @property
    def integer_range(self) -> tuple[int, int] | None:
        """Lowest and highest integer of an integer type, None for the others."""
        return _INTEGER_RANGES.get(self.kind)

    def __str__(self) -> str:
        return f"text:{self.characters}" if self.kind is Kind.TEXT else self.kind.value


def encode(value: RegisterValue, kind: RegisterType, encoding: Encoding, name: str = "value") -> tuple[Word, ...]:
    """The registers that hold `value`; ValueRefused when the type cannot hold exactly this value.

    A float is taken for f32 only, and rounded to the nearest value of 32 bits, as every controller does.
    """
    if kind.kind is Kind.TEXT:
        return _encode_text(value, kind, encoding, name)
    if kind.kind is Kind.UUID:
        if not isinstance(value, UUID):
            raise ValueRefused(name, value, "is not an identifier of 128 bits")
        return struct.unpack(">8H", value.bytes)  # a row of bytes, not a number: no word order applies
    if isinstance(value, UUID | str):
        raise ValueRefused(name, value, f"is not a number, as {kind} needs")
    if kind.kind is Kind.F32:
        data = _float_bytes(value, name)
    else:
        data = struct.pack(_FORMATS[kind.kind], _checked_integer(value, kind, name))
    return _words(data, encoding.words)


def decode(words: Sequence[Word], kind: RegisterType, encoding: Encoding) -> RegisterValue:
    """The value held by exactly `kind.registers` registers."""
    if len(words) != kind.registers:
        raise ValueError(f"{kind} takes {kind.registers} registers, not {len(words)}")
    if kind.kind is Kind.TEXT:
        return _decode_text(words, encoding)
    if kind.kind is Kind.UUID:
        return UUID(bytes=struct.pack(">8H", *words))
    value: int | float = struct.unpack(_FORMATS[kind.kind], _bytes(words, encoding.words))[0]
    return value


def decode_integer(words: Sequence[Word], kind: RegisterType, encoding: Encoding) -> int:
    """The value held by the registers of an integer type."""
    value = decode(words, kind, encoding)
    if not isinstance(value, int):
        raise ValueError(f"{kind} holds no integer")
    return value


def words_to_bytes(words: Sequence[Word]) -> bytes:
    """The registers as they travel: high byte first."""
    return struct.pack(f">{len(words)}H", *words)


def recipe_crc(job_id: UUID, map_version: int, words: Sequence[Word]) -> int:
    """CRC-32 (IEEE 802.3, as in zip and Ethernet) over job id, map version, length and words of a recipe.

    The job id is inside, so that the words of one job under the header of another are never accepted.
    """
    header = struct.pack(">HH", map_version, len(words))
    return zlib.crc32(job_id.bytes + header + words_to_bytes(words))


def _words(data: bytes, order: WordOrder) -> tuple[Word, ...]:
    layout = "<" if order.swaps_bytes and len(data) > 2 else ">"
    words: tuple[Word, ...] = struct.unpack(f"{layout}{len(data) // 2}H", data)
    return words[::-1] if order.swaps_registers else words


def _bytes(words: Sequence[Word], order: WordOrder) -> bytes:
    layout = "<" if order.swaps_bytes and len(words) > 1 else ">"
    ordered = words[::-1] if order.swaps_registers else words
    return struct.pack(f"{layout}{len(words)}H", *ordered)


def _checked_integer(value: int | float, kind: RegisterType, name: str) -> int:
    if isinstance(value, float):
        raise ValueRefused(name, value, f"is not a whole number, as {kind} needs")
    low, high = _INTEGER_RANGES[kind.kind]
    if not low <= value <= high:
        raise ValueRefused(name, value, f"does not fit {kind}, which holds {low} to {high}")
    return int(value)


def _float_bytes(value: int | float, name: str) -> bytes:
    try:
        data = struct.pack(">f", value)
    except OverflowError:
        raise ValueRefused(name, value, "is too large for f32") from None
    if not math.isfinite(struct.unpack(">f", data)[0]):
        raise ValueRefused(name, value, "is not a finite number")
    return data


def _encode_text(value: RegisterValue, kind: RegisterType, encoding: Encoding, name: str) -> tuple[Word, ...]:
    if not isinstance(value, str):
        raise ValueRefused(name, value, "is not a text")
    if not value.isascii() or not value.isprintable():
        raise ValueRefused(name, value, "holds characters other than printable ASCII")
    if len(value) > kind.characters:
        raise ValueRefused(name, value, f"is longer than {kind.characters} characters")
    data = value.encode("ascii").ljust(kind.characters, b"\0")
    layout = ">" if encoding.text is TextOrder.HIGH_FIRST else "<"
    return struct.unpack(f"{layout}{kind.registers}H", data)


def _decode_text(words: Sequence[Word], encoding: Encoding) -> str:
    layout = ">" if encoding.text is TextOrder.HIGH_FIRST else "<"
    data = struct.pack(f"{layout}{len(words)}H", *words)
    return data.split(b"\0", 1)[0].decode("ascii", errors="replace")
