"""The gateway: one worker for each controller, one dispatcher that hands out recipes, drained on request."""

import asyncio
import logging
import time
from collections.abc import Callable

from shopfloor.gateway.store import Store, StoreUnavailable
from shopfloor.gateway.worker import STORE_PAUSE, ControllerWorker

log = logging.getLogger(__name__)

DRAIN_SECONDS = 10.0


class Gateway:
    """Serves all controllers of a plant until it is stopped."""

    def __init__(self, store: Store, poll: float, on_ready: Callable[[int], None] = lambda controllers: None) -> None:
        self._store = store
        self._poll = poll
        self._on_ready = on_ready
        self._news = asyncio.Event()
        self._stop = asyncio.Event()
        self._workers: dict[int, ControllerWorker] = {}

    def stop(self) -> None:
        """Send no new recipe, finish what is under way, then end `run`."""
        self._stop.set()
        self._news.set()

    async def run(self) -> None:
        """Serve until `stop` is called; controllers are those known at the start."""
        targets = await self._store.targets()
        self._workers = {
            target.controller_id: ControllerWorker(target, self._store, self._poll, self._news) for target in targets
        }
        try:
            # A worker that ends by an error of ours takes the others, and so the gateway, with it.
            async with asyncio.TaskGroup() as group:
                serving = [group.create_task(worker.run()) for worker in self._workers.values()]
                self._on_ready(len(serving))
                await self._dispatch()
                for worker in self._workers.values():
                    worker.stop()
                if serving:
                    _, late = await asyncio.wait(serving, timeout=DRAIN_SECONDS)
                    for task in late:
                        task.cancel()  # what it had committed is in doubt and will be read, not sent again
        finally:
            await self._store.close()

    async def _dispatch(self) -> None:
        """Claim transfers for the controllers that answer, and hand them to their workers."""
        while not self._stop.is_set():
            began = time.monotonic()
            linked = [controller_id for controller_id, worker in self._workers.items() if worker.is_linked]
            try:
                for transfer in await self._store.next_transfers(linked) if linked else ():
                    self._workers[transfer.controller_id].give(transfer)
            except StoreUnavailable as error:
                log.warning("the database is away: %s", error)
                await asyncio.sleep(STORE_PAUSE)
            # The database thread also carries what the lines report: never take more than a third of it.
            pause = max(self._poll, 2 * (time.monotonic() - began))
            try:
                async with asyncio.timeout(pause):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
