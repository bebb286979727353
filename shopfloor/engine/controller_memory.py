"""What a controller keeps over a restart, and its form as bytes."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from shopfloor.engine.acknowledgement import AckCode
from shopfloor.engine.codec import Word
from shopfloor.engine.errors import LineError
from shopfloor.engine.events import NO_JOB, EventKind, RingEvent
from shopfloor.engine.packml import PackMLState

SNAPSHOT_FORMAT = "linewright-controller-memory/1"


@dataclass(eq=False)
class SnapshotInvalid(LineError):
    """The bytes are no memory of this controller."""

    reason: str

    def __str__(self) -> str:
        return f"the controller's memory cannot be restored: {self.reason}"


@dataclass
class StationMemory:
    """One station's share: its last recipe, its run and its counters."""

    station: str
    state: PackMLState = PackMLState.IDLE
    locked: bool = False
    last_sequence: int = 0
    ack_sequence: int = 0
    ack_code: AckCode = AckCode.NONE
    ack_crc: int = 0
    ack_job: UUID = NO_JOB
    active_job: UUID = NO_JOB
    active_crc: int = 0
    active_words: tuple[Word, ...] = ()
    taken: list[UUID] = field(default_factory=list)  # latest accepted jobs, the last one at the end
    started_at: int = 0  # milliseconds of plant time, as all moments here
    ends_at: int | None = None  # None when nothing runs
    held_at: int | None = None
    runs: int = 0
    good: int = 0
    scrap: int = 0
    energy_wh: int = 0
    stop_reason: int = 0


@dataclass
class ControllerMemory:
    """Everything that must survive a loss of power."""

    stations: list[StationMemory]
    written: int = 0
    consumed: int = 0
    events: list[RingEvent] = field(default_factory=list)  # those not consumed, oldest first

    def to_bytes(self) -> bytes:
        """The memory as a text that `from_bytes` reads back equal."""
        document = {"format": SNAPSHOT_FORMAT} | asdict(self)
        return json.dumps(document, default=str, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "ControllerMemory":
        """The memory these bytes hold; SnapshotInvalid when they hold none."""
        try:
            document: dict[str, Any] = json.loads(data)
            if document.pop("format") != SNAPSHOT_FORMAT:
                raise SnapshotInvalid("it is in another format")
            document["stations"] = [_station(entry) for entry in document["stations"]]
            document["events"] = [_event(entry) for entry in document["events"]]
            return cls(**document)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise SnapshotInvalid(f"{type(error).__name__}: {error}") from error


def _station(entry: dict[str, Any]) -> StationMemory:
    entry |= {
        "state": PackMLState(entry["state"]),
        "ack_code": AckCode(entry["ack_code"]),
        "ack_job": UUID(entry["ack_job"]),
        "active_job": UUID(entry["active_job"]),
        "active_words": tuple(entry["active_words"]),
        "taken": [UUID(job) for job in entry["taken"]],
    }
    return StationMemory(**entry)


def _event(entry: dict[str, Any]) -> RingEvent:
    return RingEvent(**(entry | {"kind": EventKind(entry["kind"]), "job_id": UUID(entry["job_id"])}))
