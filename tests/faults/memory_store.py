"""A store in memory that keeps the shop floor's rules: the transition table, tokens, and one transfer in a channel."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from shopfloor.api import ClaimedTransfer, ControllerTarget
from shopfloor.engine.events import EventKind, RingEvent
from shopfloor.engine.recipe import Recipe
from shopfloor.engine.transfer import TransferState, permitted
from shopfloor.formats.driver_profile import find_profile
from shopfloor.gateway.store import StoreUnavailable
from tests.faults.controller_process import ControllerProcess

FINISHED = (TransferState.DONE, TransferState.REFUSED)
CLAIMABLE = (TransferState.PENDING, TransferState.UNKNOWN)


def target_of(process: ControllerProcess, controller_id: int = 1) -> ControllerTarget:
    """The row a controller process stands for."""
    return ControllerTarget(
        controller_id=controller_id,
        code=process.identity,
        host="127.0.0.1",
        port=process.port,
        unit_id=1,
        profile=find_profile(process.profile),
        channels=dict(enumerate(process.stations)),
    )


@dataclass
class MemoryStore:
    """Transfers and events in lists; `is_away` makes every call fail as a lost database does."""

    controllers: tuple[ControllerTarget, ...]
    transfers: dict[int, ClaimedTransfer] = field(default_factory=dict)
    history: dict[int, list[str]] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    events: dict[tuple[int, int, int], RingEvent] = field(default_factory=dict)
    ingested: int = 0
    health: dict[int, Mapping[str, object]] = field(default_factory=dict)
    silence: dict[int, str] = field(default_factory=dict)
    is_away: bool = False
    closed: bool = False
    numbers: int = 0
    held: set[int] = field(default_factory=set)

    def add(self, controller_id: int, channel: int, seconds: int = 0, registers: int = 40) -> ClaimedTransfer:
        """A new recipe for a channel, waiting."""
        target = next(target for target in self.controllers if target.controller_id == controller_id)
        duration = (seconds >> 16, seconds & 0xFFFF)
        if target.profile.encoding.words.swaps_registers:
            duration = duration[::-1]
        job_id, words = uuid4(), duration + tuple(range(2, registers))
        transfer = ClaimedTransfer(
            transfer_id=len(self.transfers) + 1,
            token=uuid4(),
            state=TransferState.PENDING,
            controller_id=controller_id,
            channel=channel,
            station_code=target.channels[channel],
            sequence_number=0,
            job_id=job_id,
            words=words,
            crc=Recipe(job_id, words, target.profile.map_version).crc,
            serial="S1",
            recipe_code="test",
            recipe_version=1,
            boot_id=None,
        )
        self.transfers[transfer.transfer_id] = transfer
        self.history[transfer.transfer_id] = [TransferState.PENDING]
        return transfer

    def state(self, transfer: ClaimedTransfer) -> str:
        """The state a transfer has come to."""
        return self.history[transfer.transfer_id][-1]

    def starts(self) -> list[UUID]:
        """The jobs that were started, as often as they were."""
        return [event.job_id for event in self.events.values() if event.kind is EventKind.STARTED]

    def _check(self) -> None:
        if self.is_away:
            raise StoreUnavailable("the database is away")

    async def targets(self) -> tuple[ControllerTarget, ...]:
        """All controllers."""
        return self.controllers

    async def next_transfers(self, controller_ids: Collection[int]) -> tuple[ClaimedTransfer, ...]:
        """The first unfinished transfer of each channel, when nobody holds it."""
        self._check()
        first: dict[tuple[int, int], ClaimedTransfer] = {}
        for transfer in self.transfers.values():
            if self.state(transfer) not in FINISHED and transfer.controller_id in controller_ids:
                first.setdefault((transfer.controller_id, transfer.channel), transfer)
        claimable = [
            transfer
            for transfer in first.values()
            if self.state(transfer) in CLAIMABLE and transfer.transfer_id not in self.held
        ]
        return tuple(self._claim(transfer) for transfer in claimable)

    def _claim(self, transfer: ClaimedTransfer) -> ClaimedTransfer:
        state = self.state(transfer)
        if state == TransferState.PENDING:
            self.numbers += 1
            transfer = dataclasses.replace(transfer, sequence_number=self.numbers)
        claimed = dataclasses.replace(transfer, token=uuid4(), state=state)
        self.transfers[transfer.transfer_id] = claimed
        self.held.add(transfer.transfer_id)
        return claimed

    async def advance(
        self,
        transfer: ClaimedTransfer,
        state: str,
        reading: Mapping[str, object] | None = None,
        ack_code: int | None = None,
        reason: str = "",
    ) -> bool:
        """Move on by the table, for the holder of the token only."""
        self._check()
        row = self.transfers[transfer.transfer_id]
        present = self.state(transfer)
        if row.token != transfer.token or (present != state and not permitted(present, state)):
            return False
        self.history[transfer.transfer_id].append(state)
        self.reasons[transfer.transfer_id] = reason
        if state in (TransferState.PENDING, TransferState.UNKNOWN):
            self.held.discard(transfer.transfer_id)
        return True

    async def ingest(self, controller_id: int, events: Sequence[RingEvent]) -> int:
        """Keep each event once, and move its transfer."""
        self._check()
        for event in events:
            self.ingested += 1
            key = (controller_id, event.boot_id, event.sequence)
            if key in self.events:
                continue
            self.events[key] = event
            target = {EventKind.STARTED: TransferState.RUNNING, EventKind.COMPLETED: TransferState.DONE}.get(event.kind)
            for transfer in self.transfers.values():
                if target and transfer.job_id == event.job_id and permitted(self.state(transfer), target):
                    self.history[transfer.transfer_id].append(target)
        return max((event.sequence for event in events), default=0)

    async def seen(self, controller_id: int, boot_id: int, health: Mapping[str, object]) -> None:
        """Remember the last health."""
        self._check()
        self.health[controller_id] = health
        self.silence.pop(controller_id, None)

    async def silent(self, controller_id: int, reason: str, mismatch: bool = False) -> None:
        """Remember why a controller is silent."""
        self._check()
        self.silence[controller_id] = reason

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True
