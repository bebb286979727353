"""One controller's worker: keeps its link, empties its event ring, brings it its recipes."""

import asyncio
import logging
import random
import time
from dataclasses import dataclass, field

from shopfloor.api import ClaimedTransfer, ControllerTarget
from shopfloor.engine.acknowledgement import AckCode, ack_sentence, is_passing
from shopfloor.engine.dialogue import Record
from shopfloor.engine.errors import LineError, NoAnswer, RequestRefused, RingInconsistent
from shopfloor.engine.handshake import (
    Acknowledged,
    Destination,
    Mismatch,
    NotCommitted,
    NotPermitted,
    Outcome,
    Refused,
    Unknown,
    download,
    resolve,
)
from shopfloor.engine.packml import state_name
from shopfloor.engine.reading import (
    Identity,
    RingReading,
    WrongController,
    consume,
    identify,
    read_channel,
    read_events,
    read_line_data,
)
from shopfloor.engine.recipe import Recipe
from shopfloor.engine.transfer import TransferState
from shopfloor.gateway.driver import ClaimLost, drive
from shopfloor.gateway.link import Link
from shopfloor.gateway.store import Store, StoreUnavailable

log = logging.getLogger(__name__)

HEALTH_EVERY = 1.0
PATIENCE = 0.5  # how long a station that is just changing its state is waited for before a recipe is given back
FIRST_BACKOFF, LONGEST_BACKOFF = 0.1, 5.0
STORE_PAUSE = 0.5


class LinkFailed(Exception):
    """This connection is of no more use; the sentence says why."""

    def __init__(self, reason: str, mismatch: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.mismatch = mismatch


@dataclass
class Waiting:
    """A transfer in hand, and since when it could not be sent."""

    transfer: ClaimedTransfer
    since: float = field(default_factory=time.monotonic)


class ControllerWorker:
    """Serves one controller; nothing it waits for holds up another one."""

    def __init__(self, target: ControllerTarget, store: Store, poll: float, news: asyncio.Event) -> None:
        self._target = target
        self._profile = target.profile
        self._store = store
        self._poll = poll
        self._news = news  # set when something was stored that may free the next recipe
        self._queue: dict[int, Waiting] = {}
        self._wake = asyncio.Event()
        self._stopping = False
        self._identity: Identity | None = None
        self._health_due = 0.0

    @property
    def is_linked(self) -> bool:
        """Whether the right controller answers."""
        return self._identity is not None

    def give(self, transfer: ClaimedTransfer) -> None:
        """Take a claimed transfer into the queue; there is at most one for a channel."""
        self._queue[transfer.transfer_id] = Waiting(transfer)
        self._wake.set()

    def stop(self) -> None:
        """Finish what is being sent, then end."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Serve the controller until stopped."""
        backoff = FIRST_BACKOFF
        while not self._stopping:
            try:
                await self._serve_once()
                continue
            except LinkFailed as failure:
                if self._identity is not None:
                    backoff = FIRST_BACKOFF  # it did answer: begin anew
                await self._link_failed(failure)
            except StoreUnavailable as error:
                log.warning("%s: the database is away: %s", self._target.code, error)
                backoff = max(backoff, STORE_PAUSE)
            finally:
                self._identity = None
            # Half fixed, half random: controllers that went together must not come back together.
            await self._sleep(backoff * (0.5 + random.random() / 2))  # noqa: S311 - not a secret
            backoff = min(2 * backoff, LONGEST_BACKOFF)
        await self._give_back("The gateway was stopped.")

    async def _serve_once(self) -> None:
        """Serve one connection until it fails, the database is away, or the worker is stopped."""
        link = Link(self._target.host, self._target.port, self._target.unit_id, self._profile.timeouts)
        try:
            await link.open()
            identity = await drive(identify(self._profile, self._target.code), link)
            if isinstance(identity, WrongController):
                raise LinkFailed(f"{identity}.", mismatch=True)
            self._identity = identity
            self._health_due = 0.0
            log.info("%s: linked, boot %08x", self._target.code, identity.boot_id)
            while not self._stopping:
                await self._collect(link)
                await self._deliver(link)
                await self._report(link)
                await self._sleep(self._poll)
        except (NoAnswer, RequestRefused, RingInconsistent) as error:
            raise LinkFailed(f"{error}.") from error
        finally:
            link.close()

    async def _collect(self, link: Link) -> None:
        """Bring the ring's events into the database, then tell the controller that they are there."""
        while True:
            ring: RingReading = await drive(read_events(self._profile), link)
            if self._identity is not None and ring.boot_id != self._identity.boot_id:
                raise LinkFailed("The controller has restarted.")
            if not ring.events:
                return
            acknowledged = await self._store.ingest(self._target.controller_id, ring.events)
            self._news.set()
            if acknowledged > ring.consumed:
                await drive(consume(self._profile, acknowledged), link)
            if ring.waiting <= len(ring.events):
                return

    async def _deliver(self, link: Link) -> None:
        """Send, or read back, what is in hand."""
        for waiting in list(self._queue.values()):
            transfer = waiting.transfer
            try:
                outcome = await self._converse(transfer, link)
            except ClaimLost:
                self._queue.pop(transfer.transfer_id, None)
                continue
            except LineError as error:
                self._queue.pop(transfer.transfer_id, None)
                if isinstance(error, NoAnswer | RequestRefused):
                    await self._back_before_commit(transfer, f"{error}")
                    raise
                await self._store.advance(transfer, TransferState.REFUSED, reason=f"{error}.")
                continue
            if isinstance(outcome, NotPermitted) and time.monotonic() - waiting.since < PATIENCE:
                continue
            self._queue.pop(transfer.transfer_id, None)
            await self._settle(transfer, outcome)
            if not link.is_open:
                raise LinkFailed(f"{outcome}")

    async def _converse(self, transfer: ClaimedTransfer, link: Link) -> Outcome:
        to = Destination(self._target.code, transfer.channel, transfer.station_code)
        recipe = Recipe(transfer.job_id, tuple(transfer.words), self._profile.map_version)
        if transfer.state == TransferState.UNKNOWN:
            return await drive(resolve(self._profile, to, recipe, transfer.sequence_number), link)

        async def record(step: Record) -> bool:
            return await self._store.advance(transfer, step.state, reading=step.reading)

        return await drive(download(self._profile, to, recipe, transfer.sequence_number), link, record)

    async def _settle(self, transfer: ClaimedTransfer, outcome: Outcome) -> None:
        """Store what came of a transfer."""
        in_doubt = transfer.state == TransferState.UNKNOWN
        match outcome:
            case Acknowledged(reading):
                await self._store.advance(
                    transfer, TransferState.ACKNOWLEDGED, reading.as_record(), ack_code=AckCode.ACCEPTED
                )
            case Refused(code, reading):
                state = TransferState.PENDING if is_passing(code) else TransferState.REFUSED
                await self._store.advance(transfer, state, reading.as_record(), code, ack_sentence(code))
            case NotPermitted(reason, reading):
                await self._store.advance(transfer, TransferState.PENDING, reading.as_record(), reason=reason)
            case NotCommitted(reading):
                reason = "The controller has not taken it."
                await self._store.advance(transfer, TransferState.PENDING, reading.as_record(), reason=reason)
            case Mismatch():
                await self._store.advance(transfer, TransferState.PENDING, reason=f"{outcome}.")
            case WrongController():
                state = TransferState.UNKNOWN if in_doubt else TransferState.PENDING
                await self._store.advance(transfer, state, reason=f"{outcome}.")
                raise LinkFailed(f"{outcome}.", mismatch=True)
            case Unknown(reason, reading):
                record = None if reading is None else reading.as_record()
                await self._store.advance(transfer, TransferState.UNKNOWN, record, reason=reason)
        if not isinstance(outcome, Acknowledged):
            self._health_due = 0.0  # people will look at the station now, and its last number may be news

    async def _back_before_commit(self, transfer: ClaimedTransfer, reason: str) -> None:
        state = TransferState.UNKNOWN if transfer.state == TransferState.UNKNOWN else TransferState.PENDING
        await self._store.advance(transfer, state, reason=reason)

    async def _report(self, link: Link) -> None:
        """Say how the controller is, once a second, and at once after a recipe."""
        if self._identity is None or time.monotonic() < self._health_due:
            return
        self._health_due = time.monotonic() + HEALTH_EVERY
        channels: dict[int, object] = {}
        for index in self._target.channels:
            reading = await drive(read_channel(self._profile, index), link)
            data = await drive(read_line_data(self._profile, index), link)
            channels[index] = {
                "station": reading.station,
                "state": state_name(reading.state),
                "locked": reading.locked,
                "sequence": reading.last_sequence,
                "job_id": reading.as_record()["active_job"],
                "good": data.good,
                "scrap": data.scrap,
                "energy_wh": data.energy_wh,
                "stop_reason": data.stop_reason,
            }
        health = {"line": self._identity.line, "channels": channels}
        await self._store.seen(self._target.controller_id, self._identity.boot_id, health)

    async def _link_failed(self, failure: LinkFailed) -> None:
        log.warning("%s: %s", self._target.code, failure.reason)
        try:
            await self._store.silent(self._target.controller_id, failure.reason, failure.mismatch)
            await self._give_back(failure.reason)
        except StoreUnavailable as error:
            log.warning("%s: the database is away: %s", self._target.code, error)

    async def _give_back(self, reason: str) -> None:
        """Let go of all that was not sent; where the database is away, the leases run out by themselves."""
        for transfer_id in list(self._queue):
            waiting = self._queue.pop(transfer_id)
            await self._back_before_commit(waiting.transfer, reason)

    async def _sleep(self, seconds: float) -> None:
        """Wait, but not longer than until there is something to send."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()
