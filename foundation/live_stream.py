"""One reader of the news table per process, however many pages listen."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from django.db import connections

from foundation.models import LiveEvent

POLL_SECONDS = 0.5
HEARTBEAT_SECONDS = 15.0
RETRY_MILLISECONDS = 2000
BATCH = 500
QUEUE_LIMIT = 1000
# A sequence hands out ids before commit: an event may appear after one with a higher id. So ids stay under
# observation for this many polls before everything below them counts as read.
SETTLE_POLLS = 20


@dataclass(frozen=True, slots=True)
class News:
    """One event as it goes to a browser."""

    id: int
    topic: str
    payload: dict

    def encoded(self) -> str:
        return f"id: {self.id}\ndata: {json.dumps(self.payload, separators=(',', ':'))}\n\n"


class LiveTail:
    """Reads new events at intervals and hands them to the pages that listen; stops when nobody does."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Queue[News | None]]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._seen: dict[int, int] = {}
        self._settled = 0

    async def subscribe(self, topic: str) -> asyncio.Queue[News | None]:
        """A queue with everything published on the topic from now on; None in it means: too slow, connect again."""
        queue: asyncio.Queue[News | None] = asyncio.Queue(maxsize=QUEUE_LIMIT)
        if self._task is None or self._task.done():
            self._settled = await _in_reader(_newest_id)
            self._seen.clear()
            self._task = asyncio.create_task(self._run(), name="live-tail")
        self._listeners[topic].add(queue)
        return queue

    def unsubscribe(self, topic: str, queue: asyncio.Queue[News | None]) -> None:
        self._listeners[topic].discard(queue)
        if not self._listeners[topic]:
            del self._listeners[topic]
        if not self._listeners and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        turn = 0
        while True:
            turn += 1
            for news in await _in_reader(_events_after, self._settled):
                if news.id not in self._seen:
                    self._seen[news.id] = turn
                    self._deliver(news)
            self._settle(turn)
            await asyncio.sleep(POLL_SECONDS)

    def _deliver(self, news: News) -> None:
        for queue in self._listeners.get(news.topic, ()):
            if queue.qsize() >= QUEUE_LIMIT - 1:
                queue.put_nowait(None) if not queue.full() else None
            else:
                queue.put_nowait(news)

    def _settle(self, turn: int) -> None:
        old = [event for event, seen_at in self._seen.items() if seen_at <= turn - SETTLE_POLLS]
        if old:
            self._settled = max(self._settled, *old)
            self._seen = {event: seen_at for event, seen_at in self._seen.items() if event > self._settled}


_tails: WeakKeyDictionary[asyncio.AbstractEventLoop, LiveTail] = WeakKeyDictionary()
# One thread of its own: one database connection for all listeners, never one of a request.
_reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-reader")


async def stream(topic: str, after: int | None) -> AsyncIterator[str]:
    """The body of one server-sent-events answer; `after` is the last event id the browser has."""
    loop = asyncio.get_running_loop()
    tail = _tails.setdefault(loop, LiveTail())
    queue = await tail.subscribe(topic)
    try:
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        sent: set[int] = set()
        if after is not None:
            for news in await _in_reader(_missed, topic, after):
                sent.add(news.id)
                yield news.encoded()
        while True:
            try:
                received = await asyncio.wait_for(queue.get(), timeout=HEARTBEAT_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if received is None:
                return
            if received.id not in sent:
                yield received.encoded()
    finally:
        tail.unsubscribe(topic, queue)


async def _in_reader(function, *args):  # type: ignore[no-untyped-def]
    def call():  # type: ignore[no-untyped-def]
        try:
            return function(*args)
        finally:
            connections["default"].close_if_unusable_or_obsolete()

    return await asyncio.get_running_loop().run_in_executor(_reader, call)


def _newest_id() -> int:
    newest = LiveEvent.objects.order_by("-id").values_list("id", flat=True).first()
    return newest or 0


def _events_after(settled: int) -> list[News]:
    rows = LiveEvent.objects.filter(id__gt=settled).order_by("id").values_list("id", "topic", "payload")
    return [News(*row) for row in rows[:BATCH]]


def _missed(topic: str, after: int) -> list[News]:
    rows = LiveEvent.objects.filter(topic=topic, id__gt=after).order_by("id").values_list("id", "topic", "payload")
    return [News(*row) for row in rows[:BATCH]]
