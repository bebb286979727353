"""A line controller as a pure value machine: registers in and out, plant time as an argument.

This is the reference for the controller's side of the register map, and what the simulated controller runs.
Whoever gives it a socket must store `memory.to_bytes()` whenever `revision` has changed, before the answer to
the request goes out: then a controller that lost its power knows all it has ever acknowledged.

Decisions a programmer of a real controller has to take as well:
- Staging and header are lost at a restart; a sequence number that comes late is refused as BAD_HEADER.
- A run goes on over a restart: its end was fixed when it began, and it is reported once.
- A recipe is accepted only while the event ring has room for all reports of all runs, so that a run never has
  to wait for its report, and no report is ever overwritten. STATE notices only use what is left beyond that.
- The last jobs are remembered; none of them is taken a second time, whatever its sequence number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shopfloor.engine.acknowledgement import AckCode
from shopfloor.engine.codec import Word, recipe_crc
from shopfloor.engine.controller_memory import ControllerMemory, SnapshotInvalid, StationMemory
from shopfloor.engine.errors import IllegalAddress, IllegalValue
from shopfloor.engine.events import NO_JOB, EventKind, RingEvent
from shopfloor.engine.handshake import LOAD
from shopfloor.engine.packml import TRANSITIONS, PackMLState, takes_recipe
from shopfloor.engine.recipe import DURATION_FIELD, run_seconds
from shopfloor.engine.register_image import LONGEST_VALUE, Nameplate, RegisterImage
from shopfloor.engine.register_map import Area, DriverProfile
from shopfloor.engine.transfer import is_newer

REMEMBERED_JOBS = 64


@dataclass(frozen=True)
class MachineModel:
    """How the simulated machines behave: their power while running, and every how manieth piece is scrap."""

    power_watts: int = 1500
    scrap_every: int = 0


class Controller:
    """Registers, stations and event ring of one controller."""

    def __init__(
        self,
        profile: DriverProfile,
        nameplate: Nameplate,
        boot_id: int,
        memory: ControllerMemory | None = None,
        machine: MachineModel | None = None,
    ) -> None:
        if len(nameplate.stations) > profile.channels:
            raise ValueError(
                f"{profile.code} has {profile.channels} channels; {len(nameplate.stations)} stations do not fit"
            )
        self.profile = profile
        self.nameplate = nameplate
        self.boot_id = boot_id
        self.machine = machine or MachineModel()
        self.memory = memory or ControllerMemory([StationMemory(station) for station in nameplate.stations])
        if tuple(station.station for station in self.memory.stations) != nameplate.stations:
            raise SnapshotInvalid("it belongs to a controller with other stations")
        self.revision = 0  # rises with every change that must survive a loss of power
        self._heartbeat = 0
        self._image = RegisterImage(profile)
        self._image.show_identity(nameplate, boot_id)
        for event in self.memory.events:
            self._image.show_event(event)
        for index, station in enumerate(self.memory.stations):
            self._image.show_station(index, station)
            self._image.show_line_data(index, station, station.started_at)
        self._show_overview()

    # What comes over the network

    def read(self, address: int, count: int) -> list[Word]:
        """The registers as they are now; IllegalAddress beyond the map."""
        return self._image.read(address, count)

    def write(self, address: int, words: Sequence[Word], now: int) -> None:
        """Take one write request at plant time `now`; nothing is changed when an error is raised.

        IllegalAddress unless the request lies within one writable block, IllegalValue for a consumed pointer
        that runs ahead of the events or back behind itself.
        """
        request = Area(address, len(words))
        if _within(request, Area(self.profile.consumed.address, self.profile.consumed.size)):
            self._consume(address, words)
            return
        for index in range(len(self.memory.stations)):
            channel = self.profile.channel(index)
            if address == channel.sequence and len(words) == 1:
                self._image.put(address, words)
                self._sequence_arrived(index, words[0], now)
                return
            header = Area(channel.command.address, channel.command.size)
            if _within(request, header) or _within(request, channel.staging):
                self._image.put(address, words)
                return
        raise IllegalAddress(address, len(words))

    # What happens by itself

    def tick(self, now: int) -> None:
        """Let plant time come to `now`; runs that ended meanwhile are reported with their exact end."""
        self._heartbeat = (self._heartbeat + 1) & 0xFFFF
        for index, station in enumerate(self.memory.stations):
            if station.state is PackMLState.COMPLETE:
                self._move(station, PackMLState.RESETTING, PackMLState.IDLE)
            elif station.state is PackMLState.STARTING:
                self._move(station, PackMLState.EXECUTE)
            else:
                continue
            self._image.show_station(index, station)
        for _, index in sorted(self._due(now)):
            self._complete(index)
        for index, station in enumerate(self.memory.stations):
            if station.ends_at is not None:
                self._image.show_line_data(index, station, now)
        self._show_overview()

    # What the person at the panel does

    def panel_lock(self, index: int, locked: bool) -> None:
        """Lock a station against new recipes, or free it; a run goes on."""
        self.memory.stations[index].locked = locked
        self._changed(index)

    def panel_hold(self, index: int, now: int) -> None:
        """Hold a running station; its run stands still."""
        station = self.memory.stations[index]
        self._move(station, PackMLState.HOLDING, PackMLState.HELD)
        station.held_at = now
        self._notice(index, now)

    def panel_resume(self, index: int, now: int) -> None:
        """Let a held station go on; its end moves by the time it stood."""
        station = self.memory.stations[index]
        self._move(station, PackMLState.EXECUTE)
        if station.held_at is not None and station.ends_at is not None:
            station.started_at += now - station.held_at
            station.ends_at += now - station.held_at
        station.held_at = None
        self._notice(index, now)

    def panel_abort(self, index: int, reason: int, now: int) -> None:
        """Abort a station; a run is reported as FAILED with the energy it has taken so far."""
        station = self.memory.stations[index]
        self._move(station, PackMLState.ABORTING, PackMLState.ABORTED)
        station.stop_reason = reason
        if station.ends_at is not None:
            energy = self._energy_wh((station.held_at or now) - station.started_at)
            station.energy_wh = min(station.energy_wh + energy, LONGEST_VALUE)
            station.ends_at = station.held_at = None
            self._emit(index, EventKind.FAILED, now, scrap=1, energy_wh=energy, code=reason)
        self._changed(index)

    def panel_clear(self, index: int, now: int) -> None:
        """Bring an aborted station back to idle."""
        station = self.memory.stations[index]
        self._move(station, PackMLState.CLEARING, PackMLState.STOPPED, PackMLState.RESETTING, PackMLState.IDLE)
        station.stop_reason = 0
        self._notice(index, now)

    # Taking a recipe

    def _sequence_arrived(self, index: int, word: Word, now: int) -> None:
        station = self.memory.stations[index]
        if word in (0, station.last_sequence):
            return  # the same number again is no second order
        header = self._image.command(index)
        code = self._judgement(index, word)
        station.ack_sequence, station.ack_code = word, code
        station.ack_crc, station.ack_job = header.integer("crc"), header.identifier("job")
        if code is not AckCode.STALE_SEQUENCE:
            station.last_sequence = word
        if code is AckCode.ACCEPTED:
            self._accept(index, now)
        self._changed(index)

    def _judgement(self, index: int, word: Word) -> AckCode:
        """Whether the staged recipe may run; everything the sender claims is checked again here."""
        station, channel, header = self.memory.stations[index], self.profile.channel(index), self._image.command(index)
        job, length = header.identifier("job"), header.integer("length")
        if not is_newer(word, station.last_sequence):
            return AckCode.STALE_SEQUENCE
        if header.integer("command") != LOAD or job == NO_JOB:
            return AckCode.BAD_HEADER
        if header.integer("map_version") != self.profile.map_version:
            return AckCode.BAD_VERSION
        if job in station.taken:
            return AckCode.DUPLICATE_JOB
        if station.locked:
            return AckCode.LOCKED
        if not takes_recipe(station.state):
            return AckCode.BUSY
        if not DURATION_FIELD.type.registers <= length <= channel.staging.size:
            return AckCode.BAD_LENGTH
        words = self.read(channel.staging.address, length)
        if recipe_crc(job, self.profile.map_version, words) != header.integer("crc"):
            return AckCode.BAD_CRC
        if run_seconds(words, self.profile.encoding) > self.profile.longest_run_seconds:
            return AckCode.OUT_OF_LIMITS
        if self._room() < self._runs() + 2:
            return AckCode.EVENTS_FULL
        return AckCode.ACCEPTED

    def _accept(self, index: int, now: int) -> None:
        station, header = self.memory.stations[index], self._image.command(index)
        staging = self.profile.channel(index).staging
        station.active_words = tuple(self.read(staging.address, header.integer("length")))
        station.active_job, station.active_crc = header.identifier("job"), header.integer("crc")
        station.taken = [*station.taken, station.active_job][-REMEMBERED_JOBS:]
        station.started_at = now
        station.ends_at = now + 1000 * run_seconds(station.active_words, self.profile.encoding)
        self._move(station, PackMLState.STARTING)
        self._emit(index, EventKind.STARTED, now)

    # Running it

    def _due(self, now: int) -> Iterator[tuple[int, int]]:
        for index, station in enumerate(self.memory.stations):
            if station.ends_at is not None and station.ends_at <= now and station.state is PackMLState.EXECUTE:
                yield station.ends_at, index

    def _complete(self, index: int) -> None:
        station = self.memory.stations[index]
        ended_at, station.ends_at = station.ends_at or 0, None
        station.runs += 1
        scrapped = self.machine.scrap_every > 0 and station.runs % self.machine.scrap_every == 0
        good, scrap = (0, 1) if scrapped else (1, 0)
        energy = self._energy_wh(ended_at - station.started_at)
        station.good += good
        station.scrap += scrap
        station.energy_wh = min(station.energy_wh + energy, LONGEST_VALUE)
        self._move(station, PackMLState.COMPLETING, PackMLState.COMPLETE)
        self._emit(index, EventKind.COMPLETED, ended_at, good=good, scrap=scrap, energy_wh=energy)
        self._image.show_line_data(index, station, ended_at)
        self._changed(index)

    def _energy_wh(self, milliseconds: int) -> int:
        return min(self.machine.power_watts * max(milliseconds, 0) // 3_600_000, LONGEST_VALUE)

    def _move(self, station: StationMemory, *states: PackMLState) -> None:
        for state in states:
            if state not in TRANSITIONS[station.state]:
                raise ValueError(f"{station.station} cannot go from {station.state.name} to {state.name}")
            station.state = state

    # The event ring

    def _runs(self) -> int:
        return sum(station.ends_at is not None for station in self.memory.stations)

    def _room(self) -> int:
        return self.profile.ring.slots - (self.memory.written - self.memory.consumed)

    def _notice(self, index: int, now: int) -> None:
        """Report the station's state where the ring has room beyond what the runs need."""
        if self._room() > self._runs():
            self._emit(index, EventKind.STATE, now, code=self.memory.stations[index].state)
        self._changed(index)

    def _emit(
        self, index: int, kind: EventKind, at: int, good: int = 0, scrap: int = 0, energy_wh: int = 0, code: int = 0
    ) -> None:
        station = self.memory.stations[index]
        job = NO_JOB if kind is EventKind.STATE and station.ends_at is None else station.active_job
        self.memory.written += 1
        event = RingEvent(self.boot_id, self.memory.written, kind, index, job, at, good, scrap, energy_wh, code)
        self.memory.events.append(event)
        self._image.show_event(event)
        self._show_overview()

    def _consume(self, address: int, words: Sequence[Word]) -> None:
        block = self.profile.consumed
        if len(words) != block.size:
            raise IllegalAddress(address, len(words))
        consumed = block.decode(words, self.profile.encoding).integer("consumed")
        if not self.memory.consumed <= consumed <= self.memory.written:
            raise IllegalValue(address)
        # Not a new revision: events that come again after a restart are known by boot id and sequence.
        self.memory.consumed = consumed
        self.memory.events = [event for event in self.memory.events if event.sequence > consumed]
        self._show_overview()

    def _changed(self, index: int) -> None:
        self.revision += 1
        self._image.show_station(index, self.memory.stations[index])

    def _show_overview(self) -> None:
        self._image.show_overview(self.memory, self.boot_id, self._heartbeat)


def _within(inner: Area, outer: Area) -> bool:
    return outer.address <= inner.address and inner.end <= outer.end
