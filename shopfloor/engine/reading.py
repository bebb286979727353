"""What a controller's registers say about itself, its stations and its events."""

from dataclasses import dataclass
from uuid import UUID

from shopfloor.engine.dialogue import Machine, Write, read_area, read_block
from shopfloor.engine.errors import RingInconsistent
from shopfloor.engine.events import NO_JOB, EventKind, RingEvent
from shopfloor.engine.packml import state_name
from shopfloor.engine.register_map import CANARY, MAGIC, Area, DriverProfile, Values


@dataclass(frozen=True)
class WrongController:
    """The identity registers are not those of the controller that was meant; nothing was written."""

    field: str
    expected: object
    found: object

    def __str__(self) -> str:
        if self.field == "canary":
            return f"the word order of the profile does not fit: the test value reads {self.found:#x}"
        return f"another controller answers: its {self.field} is {self.found!r}, expected {self.expected!r}"


@dataclass(frozen=True)
class Identity:
    """Who answers at the other end."""

    controller: str
    line: str
    boot_id: int
    channels: int
    recipe_registers: int


def identify(profile: DriverProfile, controller: str) -> Machine[Identity | WrongController]:
    """Read the identity block and compare it with the controller that is meant."""
    values = yield from read_block(profile, profile.identity)
    for field, expected in (
        ("magic", MAGIC),
        ("canary", CANARY),
        ("map_version", profile.map_version),
        ("ring_slots", profile.ring.slots),
    ):
        if values.integer(field) != expected:
            return WrongController(field, expected, values.integer(field))
    if values.text("controller") != controller:
        return WrongController("controller", controller, values.text("controller"))
    return Identity(
        controller=controller,
        line=values.text("line"),
        boot_id=values.integer("boot"),
        channels=values.integer("channels"),
        recipe_registers=values.integer("recipe_registers"),
    )


@dataclass(frozen=True)
class ChannelReading:
    """The status block of one station."""

    station: str
    state: int
    locked: bool
    last_sequence: int
    ack_sequence: int
    ack_code: int
    ack_crc: int
    ack_job: UUID
    active_job: UUID
    active_crc: int
    active_length: int

    def as_record(self) -> dict[str, object]:
        """The reading as plain values, to be stored beside a transfer."""
        return {
            "station": self.station,
            "state": state_name(self.state),
            "locked": self.locked,
            "last_sequence": self.last_sequence,
            "ack_sequence": self.ack_sequence,
            "ack_code": self.ack_code,
            "ack_crc": self.ack_crc,
            "ack_job": _job_text(self.ack_job),
            "active_job": _job_text(self.active_job),
            "active_crc": self.active_crc,
            "active_length": self.active_length,
        }


def read_channel(profile: DriverProfile, channel: int) -> Machine[ChannelReading]:
    """Read the status block of a station."""
    values = yield from read_block(profile, profile.channel(channel).status)
    return ChannelReading(
        station=values.text("station"),
        state=values.integer("state"),
        locked=values.integer("locked") != 0,
        last_sequence=values.integer("last_sequence"),
        ack_sequence=values.integer("ack_sequence"),
        ack_code=values.integer("ack_code"),
        ack_crc=values.integer("ack_crc"),
        ack_job=values.identifier("ack_job"),
        active_job=values.identifier("active_job"),
        active_crc=values.integer("active_crc"),
        active_length=values.integer("active_length"),
    )


@dataclass(frozen=True)
class LineData:
    """The counters of one station; they only ever rise, but for a change of the machine's memory."""

    good: int
    scrap: int
    energy_wh: int
    elapsed_seconds: int
    stop_reason: int

    def as_record(self) -> dict[str, object]:
        """The counters as plain values."""
        return dict(vars(self))


def read_line_data(profile: DriverProfile, channel: int) -> Machine[LineData]:
    """Read the counters of a station."""
    values = yield from read_block(profile, profile.channel(channel).data)
    return LineData(
        good=values.integer("good"),
        scrap=values.integer("scrap"),
        energy_wh=values.integer("energy"),
        elapsed_seconds=values.integer("elapsed"),
        stop_reason=values.integer("stop_reason"),
    )


@dataclass(frozen=True)
class RingReading:
    """What the overview says, and the oldest events that were not consumed yet."""

    boot_id: int
    heartbeat: int
    written: int
    consumed: int
    events: tuple[RingEvent, ...]

    @property
    def waiting(self) -> int:
        """How many events are in the ring, read or not."""
        return self.written - self.consumed


def read_events(profile: DriverProfile, limit: int = 64) -> Machine[RingReading]:
    """Read the overview, and up to `limit` events in their order.

    A slot is complete before `written` passes it and is not touched again before it is consumed, so it cannot
    be read half old and half new; should `written` itself be torn, the slot's own number betrays it and
    RingInconsistent is raised.
    """
    overview = yield from read_block(profile, profile.overview)
    written, consumed = overview.integer("written"), overview.integer("consumed")
    if not 0 <= written - consumed <= profile.ring.slots:
        raise RingInconsistent(f"{written} events written but {consumed} consumed, of {profile.ring.slots} slots")
    events: list[RingEvent] = []
    sequence, last = consumed + 1, min(written, consumed + limit)
    slot = profile.ring.slot
    while sequence <= last:
        to_end_of_ring = profile.ring.slots - (sequence - 1) % profile.ring.slots
        count = min(last - sequence + 1, to_end_of_ring, profile.requests.largest_read // slot.size)
        words = yield from read_area(profile, Area(profile.ring.slot_address(sequence), count * slot.size))
        for index in range(count):
            values = slot.decode(words[index * slot.size : (index + 1) * slot.size], profile.encoding)
            events.append(_event(values, sequence + index))
        sequence += count
    return RingReading(overview.integer("boot"), overview.integer("heartbeat"), written, consumed, tuple(events))


def consume(profile: DriverProfile, sequence: int) -> Machine[None]:
    """Tell the controller that all events up to `sequence` are safe with us."""
    yield Write(profile.consumed.address, profile.consumed.encode({"consumed": sequence}, profile.encoding))


def _event(values: Values, sequence: int) -> RingEvent:
    found = values.integer("sequence")
    if found != sequence or values.integer("check") != sequence & 0xFFFF:
        raise RingInconsistent(f"event {found} lies where event {sequence} should be")
    try:
        kind = EventKind(values.integer("kind"))
    except ValueError:
        raise RingInconsistent(f"event {sequence} is of the unknown kind {values.integer('kind')}") from None
    return RingEvent(
        boot_id=values.integer("boot"),
        sequence=sequence,
        kind=kind,
        channel=values.integer("channel"),
        job_id=values.identifier("job"),
        at_milliseconds=values.integer("at"),
        good=values.integer("good"),
        scrap=values.integer("scrap"),
        energy_wh=values.integer("energy"),
        code=values.integer("code"),
    )


def _job_text(job: UUID) -> str | None:
    return None if job == NO_JOB else str(job)
