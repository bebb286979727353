"""The gateway's way to the database: the shop floor's door, called in one thread so that the lines never wait."""

import asyncio
import itertools
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from django.db import Error as DatabaseError
from django.db import connection

from foundation.api import plant_now
from shopfloor import api
from shopfloor.api import ClaimedTransfer, ControllerTarget
from shopfloor.engine.events import RingEvent

CLAIM_SECONDS = 0.2

Result = TypeVar("Result")


class StoreUnavailable(Exception):
    """The database did not take it; nothing of it was stored."""


class Store(Protocol):
    """What the gateway must be able to keep and ask; the real one is `PlantStore`."""

    async def targets(self) -> tuple[ControllerTarget, ...]:
        """The controllers to serve."""

    async def next_transfers(self, controller_ids: Collection[int]) -> tuple[ClaimedTransfer, ...]:
        """Transfers for these controllers, each under a lease of ours."""

    async def advance(
        self,
        transfer: ClaimedTransfer,
        state: str,
        reading: Mapping[str, object] | None = None,
        ack_code: int | None = None,
        reason: str = "",
    ) -> bool:
        """Move a transfer on; False when it is no longer ours."""

    async def ingest(self, controller_id: int, events: Sequence[RingEvent]) -> int:
        """Keep events for good; the highest sequence number the controller may forget."""

    async def seen(self, controller_id: int, boot_id: int, health: Mapping[str, object]) -> None:
        """Note that a controller answers, and what it says."""

    async def silent(self, controller_id: int, reason: str, mismatch: bool = False) -> None:
        """Note that a controller does not answer, or is another one."""

    async def close(self) -> None:
        """Let go of the database."""


class PlantStore:
    """The store of a plant. All methods raise StoreUnavailable when the database is away."""

    def __init__(self, gateway: str, horizon: timedelta) -> None:
        self._gateway = gateway
        self._horizon = horizon
        self._claim_due = 0.0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    async def targets(self) -> tuple[ControllerTarget, ...]:
        """The enabled controllers."""
        return await self._call(api.gateway_targets)

    async def next_transfers(self, controller_ids: Collection[int]) -> tuple[ClaimedTransfer, ...]:
        """Release what the plan allows, then claim what the given controllers can take."""

        def release_and_claim() -> tuple[ClaimedTransfer, ...]:
            now = plant_now()
            released = api.recipes_release(now=now, horizon=self._horizon)
            # What waits without being new (a pause is over, a lease has run out) may wait a moment longer.
            if not released and time.monotonic() < self._claim_due:
                return ()
            self._claim_due = time.monotonic() + CLAIM_SECONDS
            return api.transfers_claim(
                gateway=self._gateway, now=now, wall=_wall(), controller_ids=controller_ids, limit=100
            )

        return await self._call(release_and_claim)

    async def advance(
        self,
        transfer: ClaimedTransfer,
        state: str,
        reading: Mapping[str, object] | None = None,
        ack_code: int | None = None,
        reason: str = "",
    ) -> bool:
        """Move a transfer on in a transaction of its own."""
        return await self._call(
            lambda: api.transfer_advance(
                transfer_id=transfer.transfer_id,
                token=transfer.token,
                state=state,
                now=plant_now(),
                wall=_wall(),
                reading=None if reading is None else dict(reading),
                ack_code=ack_code,
                reason=reason,
            )
        )

    async def ingest(self, controller_id: int, events: Sequence[RingEvent]) -> int:
        """Keep the events, those of each boot in a transaction of their own, in order."""

        def ingest_by_boot() -> int:
            now, highest = plant_now(), 0
            for boot_id, group in itertools.groupby(events, key=lambda event: event.boot_id):
                highest = api.events_ingest(controller_id=controller_id, boot_id=boot_id, events=tuple(group), now=now)
            return highest

        return await self._call(ingest_by_boot)

    async def seen(self, controller_id: int, boot_id: int, health: Mapping[str, object]) -> None:
        """Note that a controller answers."""
        await self._call(
            lambda: api.controller_seen(
                controller_id=controller_id, boot_id=boot_id, now=plant_now(), wall=_wall(), health=health
            )
        )

    async def silent(self, controller_id: int, reason: str, mismatch: bool = False) -> None:
        """Note that a controller does not answer as it should."""
        await self._call(
            lambda: api.controller_silent(
                controller_id=controller_id, now=plant_now(), wall=_wall(), reason=reason, mismatch=mismatch
            )
        )

    async def close(self) -> None:
        """Close the database connection of the thread, and the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, _disconnect)
        self._thread.shutdown()

    async def _call(self, function: Callable[[], Result]) -> Result:
        def guarded() -> Result:
            try:
                return function()
            except DatabaseError as error:
                # A broken connection is not mended by waiting: the next call opens a new one.
                _disconnect()
                raise StoreUnavailable(f"{type(error).__name__}: {error}") from error

        return await asyncio.get_running_loop().run_in_executor(self._thread, guarded)


def _disconnect() -> None:
    connection.close()  # looked up here, because each thread has a connection of its own


def _wall() -> datetime:
    return datetime.now(UTC)
