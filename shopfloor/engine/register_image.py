"""A controller's registers as they are seen from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopfloor.engine.codec import RegisterValue, Word
from shopfloor.engine.controller_memory import ControllerMemory, StationMemory
from shopfloor.engine.errors import IllegalAddress
from shopfloor.engine.events import RingEvent
from shopfloor.engine.register_map import CANARY, MAGIC, Block, DriverProfile, Values

LONGEST_VALUE = 0xFFFFFFFF


@dataclass(frozen=True)
class Nameplate:
    """Who a controller is: what its identity block shows."""

    controller: str
    line: str
    stations: tuple[str, ...]


class RegisterImage:
    """The holding registers of one controller, each block written from the controller's state."""

    def __init__(self, profile: DriverProfile) -> None:
        self._profile = profile
        self._registers: list[Word] = [0] * profile.end

    def read(self, address: int, count: int) -> list[Word]:
        """The registers as they are now; IllegalAddress beyond the map."""
        if address < 0 or count < 1 or address + count > len(self._registers):
            raise IllegalAddress(address, count)
        return self._registers[address : address + count]

    def put(self, address: int, words: Sequence[Word]) -> None:
        """Set registers that have no meaning of their own yet: staging, header, sequence."""
        self._registers[address : address + len(words)] = words

    def command(self, channel: int) -> Values:
        """The header as it stands in a channel's command block."""
        block = self._profile.channel(channel).command
        return block.decode(self.read(block.address, block.size), self._profile.encoding)

    def show_identity(self, nameplate: Nameplate, boot_id: int) -> None:
        """Write the identity block."""
        self._store(
            self._profile.identity,
            {
                "magic": MAGIC,
                "map_version": self._profile.map_version,
                "canary": CANARY,
                "controller": nameplate.controller,
                "line": nameplate.line,
                "boot": boot_id,
                "channels": len(nameplate.stations),
                "recipe_registers": self._profile.recipe_registers,
                "ring_slots": self._profile.ring.slots,
            },
        )

    def show_overview(self, memory: ControllerMemory, boot_id: int, heartbeat: int) -> None:
        """Write the overview and the consumed pointer."""
        self._store(
            self._profile.overview,
            {"heartbeat": heartbeat, "boot": boot_id, "written": memory.written, "consumed": memory.consumed},
        )
        self._store(self._profile.consumed, {"consumed": memory.consumed})

    def show_station(self, channel: int, station: StationMemory) -> None:
        """Write a channel's status block and its copy of the active recipe."""
        blocks = self._profile.channel(channel)
        self._store(
            blocks.status,
            {
                "station": station.station,
                "state": station.state,
                "locked": int(station.locked),
                "last_sequence": station.last_sequence,
                "ack_sequence": station.ack_sequence,
                "ack_code": station.ack_code,
                "ack_crc": station.ack_crc,
                "ack_job": station.ack_job,
                "active_job": station.active_job,
                "active_crc": station.active_crc,
                "active_length": len(station.active_words),
            },
        )
        self.put(blocks.active.address, station.active_words)

    def show_line_data(self, channel: int, station: StationMemory, now: int) -> None:
        """Write a channel's counters."""
        elapsed = 0 if station.ends_at is None else max((station.held_at or now) - station.started_at, 0) // 1000
        self._store(
            self._profile.channel(channel).data,
            {
                "good": station.good,
                "scrap": station.scrap,
                "energy": station.energy_wh,
                "elapsed": min(elapsed, LONGEST_VALUE),
                "stop_reason": station.stop_reason,
            },
        )

    def show_event(self, event: RingEvent) -> None:
        """Write an event into its slot."""
        ring = self._profile.ring
        self._store(
            Block(ring.slot_address(event.sequence), ring.slot.fields),
            {
                "sequence": event.sequence,
                "boot": event.boot_id,
                "kind": event.kind,
                "channel": event.channel,
                "job": event.job_id,
                "at": event.at_milliseconds,
                "good": event.good,
                "scrap": event.scrap,
                "energy": event.energy_wh,
                "code": event.code,
                "check": event.sequence & 0xFFFF,
            },
        )

    def _store(self, block: Block, values: Mapping[str, RegisterValue]) -> None:
        self.put(block.address, block.encode(values, self._profile.encoding))
