"""Where a controller keeps what: the register map as data.

All addresses here are those that travel in a Modbus request, counted from 0. A profile may write them as its
manual does, counted from 1; the reader of profiles takes the difference away, and nothing else knows of it.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shopfloor.engine.codec import Encoding, Kind, RegisterType, RegisterValue, Word, decode, encode
from shopfloor.engine.errors import ProfileInvalid

MAGIC = 0x4C57  # "LW"
CANARY = 0x01020304  # four different bytes: read in a wrong word order it is another number
ADDRESS_SPACE = 65536
MOST_CHANNELS = 64
# Modbus Application Protocol 1.1b3, sections 6.3 and 6.12.
PROTOCOL_LARGEST_READ = 125
PROTOCOL_LARGEST_WRITE = 123


@dataclass(frozen=True)
class Field:
    """One named value at an offset within its block."""

    offset: int
    type: RegisterType

    @property
    def end(self) -> int:
        """The offset after the field's last register."""
        return self.offset + self.type.registers


class Values:
    """The decoded fields of a block, each under its name and with its type."""

    def __init__(self, values: Mapping[str, RegisterValue]) -> None:
        self._values = dict(values)

    def integer(self, name: str) -> int:
        """The value of an integer field."""
        value = self._values[name]
        if not isinstance(value, int):
            raise TypeError(f"{name} is no integer field")
        return value

    def text(self, name: str) -> str:
        """The value of a text field."""
        return str(self._values[name])

    def identifier(self, name: str) -> UUID:
        """The value of a field of 128 bits."""
        value = self._values[name]
        if not isinstance(value, UUID):
            raise TypeError(f"{name} is no identifier field")
        return value


@dataclass(frozen=True)
class Block:
    """Fields in a contiguous row of registers that are read, or written, together."""

    address: int
    fields: Mapping[str, Field]

    @property
    def size(self) -> int:
        """How many registers the block spans."""
        return max(field.end for field in self.fields.values())

    @property
    def end(self) -> int:
        """The address after the block's last register."""
        return self.address + self.size

    def moved(self, by: int) -> "Block":
        """The same block `by` registers further on."""
        return Block(self.address + by, self.fields)

    def decode(self, words: Sequence[Word], encoding: Encoding) -> Values:
        """The block's fields out of its registers."""
        return Values(
            {name: decode(words[f.offset : f.end], f.type, encoding) for name, f in self.fields.items()},
        )

    def encode(self, values: Mapping[str, RegisterValue], encoding: Encoding) -> tuple[Word, ...]:
        """The block's registers, gaps as 0; every field must be given."""
        words = [0] * self.size
        for name, field in self.fields.items():
            words[field.offset : field.end] = encode(values[name], field.type, encoding, name)
        return tuple(words)


@dataclass(frozen=True)
class Area:
    """A row of registers without inner structure."""

    address: int
    size: int

    @property
    def end(self) -> int:
        """The address after the last register."""
        return self.address + self.size


@dataclass(frozen=True)
class ChannelMap:
    """The blocks of one station."""

    command: Block
    sequence: int
    status: Block
    data: Block
    staging: Area
    active: Area

    def moved(self, by: int) -> "ChannelMap":
        """The same blocks `by` registers further on."""
        return ChannelMap(
            self.command.moved(by),
            self.sequence + by,
            self.status.moved(by),
            self.data.moved(by),
            Area(self.staging.address + by, self.staging.size),
            Area(self.active.address + by, self.active.size),
        )

    def areas(self) -> Iterator[tuple[str, Area]]:
        """Each block's extent, with the key it has in a profile."""
        yield "channels.command", Area(self.command.address, self.command.size)
        yield "channels.sequence", Area(self.sequence, 1)
        yield "channels.status", Area(self.status.address, self.status.size)
        yield "channels.data", Area(self.data.address, self.data.size)
        yield "channels.staging", self.staging
        yield "channels.active", self.active


@dataclass(frozen=True)
class RingMap:
    """The event ring: slot n holds the events whose sequence is n + 1, n + 1 + slots, and so on."""

    slot: Block  # the first slot
    slots: int

    def slot_address(self, sequence: int) -> int:
        """Where the event with this sequence lies."""
        return self.slot.address + (sequence - 1) % self.slots * self.slot.size


@dataclass(frozen=True)
class Requests:
    """The largest requests the controller takes, in registers."""

    largest_read: int = PROTOCOL_LARGEST_READ
    largest_write: int = PROTOCOL_LARGEST_WRITE


@dataclass(frozen=True)
class Timeouts:
    """How long the gateway waits, in seconds: for a connection, an answer, an acknowledgement."""

    connect: float
    answer: float
    acknowledgement: float


@dataclass(frozen=True)
class DriverProfile:
    """All that must be known to speak with one kind of controller."""

    code: str
    name: str
    map_version: int
    address_base: int  # only for showing addresses as the manual does
    encoding: Encoding
    requests: Requests
    timeouts: Timeouts
    longest_run_seconds: int
    identity: Block
    overview: Block
    consumed: Block
    ring: RingMap
    channels: int
    stride: int
    first_channel: ChannelMap

    @property
    def recipe_registers(self) -> int:
        """The longest recipe the staging block holds."""
        return self.first_channel.staging.size

    @property
    def end(self) -> int:
        """The address after the last register of the map."""
        return max(area.end for _, area in self.areas())

    def channel(self, index: int) -> ChannelMap:
        """The blocks of the station at `index`, from 0; IndexError beyond the map's channels."""
        if not 0 <= index < self.channels:
            raise IndexError(f"{self.code} has channels 0 to {self.channels - 1}, not {index}")
        return self.first_channel.moved(index * self.stride)

    def areas(self) -> Iterator[tuple[str, Area]]:
        """The extent of every block of the controller, with its key in the profile."""
        yield "identity", Area(self.identity.address, self.identity.size)
        yield "overview", Area(self.overview.address, self.overview.size)
        yield "consumed", Area(self.consumed.address, self.consumed.size)
        yield "ring", Area(self.ring.slot.address, self.ring.slot.size * self.ring.slots)
        for index in range(self.channels):
            yield from self.channel(index).areas()

    def writable(self) -> Iterator[Area]:
        """What the gateway may write; a controller refuses everything else."""
        yield Area(self.consumed.address, self.consumed.size)
        for index in range(self.channels):
            blocks = self.channel(index)
            yield Area(blocks.command.address, blocks.command.size)
            yield Area(blocks.sequence, 1)
            yield blocks.staging


_TEXT = Kind.TEXT
IDENTITY_FIELDS: Mapping[str, Kind] = {
    "magic": Kind.U16,
    "map_version": Kind.U16,
    "canary": Kind.U32,
    "controller": _TEXT,
    "line": _TEXT,
    "boot": Kind.U32,
    "channels": Kind.U16,
    "recipe_registers": Kind.U16,
    "ring_slots": Kind.U16,
}
OVERVIEW_FIELDS: Mapping[str, Kind] = {
    "heartbeat": Kind.U16,
    "boot": Kind.U32,
    "written": Kind.U32,
    "consumed": Kind.U32,
}
CONSUMED_FIELDS: Mapping[str, Kind] = {"consumed": Kind.U32}
SLOT_FIELDS: Mapping[str, Kind] = {
    "sequence": Kind.U32,
    "boot": Kind.U32,
    "kind": Kind.U16,
    "channel": Kind.U16,
    "job": Kind.UUID,
    "at": Kind.U64,
    "good": Kind.U32,
    "scrap": Kind.U32,
    "energy": Kind.U32,
    "code": Kind.U16,
    "check": Kind.U16,
}
COMMAND_FIELDS: Mapping[str, Kind] = {
    "command": Kind.U16,
    "map_version": Kind.U16,
    "length": Kind.U16,
    "crc": Kind.U32,
    "job": Kind.UUID,
}
STATUS_FIELDS: Mapping[str, Kind] = {
    "station": _TEXT,
    "state": Kind.U16,
    "locked": Kind.U16,
    "last_sequence": Kind.U16,
    "ack_sequence": Kind.U16,
    "ack_code": Kind.U16,
    "ack_crc": Kind.U32,
    "ack_job": Kind.UUID,
    "active_job": Kind.UUID,
    "active_crc": Kind.U32,
    "active_length": Kind.U16,
}
DATA_FIELDS: Mapping[str, Kind] = {
    "good": Kind.U32,
    "scrap": Kind.U32,
    "energy": Kind.U32,
    "elapsed": Kind.U32,
    "stop_reason": Kind.U16,
}


def check_map(profile: DriverProfile, source: str) -> None:
    """Raise ProfileInvalid when blocks overlap, leave the address space, or cannot be read in one request."""
    for key, block in (
        ("identity", profile.identity),
        ("overview", profile.overview),
        ("ring", profile.ring.slot),
        ("channels.status", profile.first_channel.status),
        ("channels.data", profile.first_channel.data),
    ):
        if block.size > profile.requests.largest_read:
            raise ProfileInvalid(source, key, f"its {block.size} registers cannot be read in one request")
    if profile.first_channel.command.size > profile.requests.largest_write:
        raise ProfileInvalid(source, "channels.command", "the header cannot be written in one request")
    if profile.ring.slots < 4 * profile.channels:
        raise ProfileInvalid(source, "ring.slots", "four events for each channel is the least that works")
    extents = sorted(profile.areas(), key=lambda named: named[1].address)
    for key, area in extents:
        if area.address < 0 or area.end > ADDRESS_SPACE:
            raise ProfileInvalid(source, key, "lies outside the 65,536 registers of Modbus")
    for (key, area), (next_key, next_area) in itertools.pairwise(extents):
        if area.end > next_area.address:
            raise ProfileInvalid(source, next_key, f"overlaps {key} at register {next_area.address}")
