"""One reader of the news table per process, however many pages listen."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connections

from foundation.models import LiveEvent
from foundation.services.live import live_position

POLL_SECONDS = 0.5
HEARTBEAT_SECONDS = 15.0
RETRY_MILLISECONDS = 2000
BATCH = 500
QUEUE_LIMIT = 1000
# PostgreSQL hands out ids before commit, so an event may appear after one with a higher id. A missing id is looked
# for during this many polls; then it belonged to a transaction that was rolled back.
GAP_POLLS = 20
GAPS_WATCHED = 1000

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class News:
    """One event as it goes to a browser."""

    id: int
    topic: str
    payload: dict[str, Any]

    def encoded(self) -> str:
        return f"id: {self.id}\ndata: {json.dumps(self.payload, separators=(',', ':'))}\n\n"


Listener = asyncio.Queue[News | None]


class LiveTail:
    """Reads new events at intervals and hands them to the pages that listen; rests while nobody does."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = {}
        self._starting = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._newest = 0
        self._gaps: dict[int, int] = {}

    async def subscribe(self, topic: str) -> Listener:
        """A queue of all news on the topic from now on; None in it says: too slow, connect again."""
        async with self._starting:
            if self._task is None or self._task.done():
                self._newest = await in_reader(live_position)
                self._gaps.clear()
                self._task = asyncio.create_task(self._run(), name="live-tail")
            listener: Listener = asyncio.Queue()
            self._listeners.setdefault(topic, set()).add(listener)
            return listener

    def unsubscribe(self, topic: str, listener: Listener | None) -> None:
        """Forget a listener; None is a page that left before it was one."""
        listeners = self._listeners.get(topic, set())
        if listener is not None:
            listeners.discard(listener)
        if not listeners:
            self._listeners.pop(topic, None)
        if not self._listeners:
            if self._task is not None:
                self._task.cancel()
                self._task = None
            _reader.submit(connections.close_all)  # nobody listens: no connection is kept

    async def _run(self) -> None:
        while True:
            try:
                events = await in_reader(_events_since, self._newest, tuple(self._gaps))
            except DatabaseError:
                events = []  # the database is away for a moment: the pages keep their connection, the news wait
            for news in events:
                self._note(news.id)
                for listener in self._listeners.get(news.topic, ()):
                    _hand_over(listener, news)
            self._gaps = {event: polls - 1 for event, polls in self._gaps.items() if polls > 1}
            if len(events) < BATCH:
                await asyncio.sleep(POLL_SECONDS)

    def _note(self, event: int) -> None:
        if event > self._newest:
            first_watched = max(self._newest + 1, event - GAPS_WATCHED)
            self._gaps.update(dict.fromkeys(range(first_watched, event), GAP_POLLS))
            self._newest = event
        else:
            self._gaps.pop(event, None)


def _hand_over(listener: Listener, news: News) -> None:
    waiting = listener.qsize()
    if waiting < QUEUE_LIMIT:
        listener.put_nowait(news)
    elif waiting == QUEUE_LIMIT:
        listener.put_nowait(None)


_tails: WeakKeyDictionary[asyncio.AbstractEventLoop, LiveTail] = WeakKeyDictionary()
# One thread of its own: one database connection for all listeners, never one of a request.
_reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-reader")


async def stream(topic: str, after: int | None) -> AsyncIterator[str]:
    """The body of one server-sent-events answer; `after` is the last event id the page knows of."""
    tail = _tails.setdefault(asyncio.get_running_loop(), LiveTail())
    listener: Listener | None = None
    try:
        listener = await tail.subscribe(topic)
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        sent: set[int] = set()
        if after is not None:
            for news in await in_reader(_missed, topic, after):
                sent.add(news.id)
                yield news.encoded()
        while True:
            try:
                received = await asyncio.wait_for(listener.get(), timeout=HEARTBEAT_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if received is None:
                return
            if received.id not in sent:
                yield received.encoded()
    finally:
        tail.unsubscribe(topic, listener)


async def in_reader(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a query in the reader's thread."""

    def call() -> T:
        connections["default"].close_if_unusable_or_obsolete()
        return function(*args, **kwargs)

    return await asyncio.get_running_loop().run_in_executor(_reader, call)


def _events_since(newest: int, gaps: tuple[int, ...]) -> list[News]:
    rows = _rows(LiveEvent.objects.filter(id__gt=newest))
    if gaps:
        rows = [*_rows(LiveEvent.objects.filter(id__in=gaps)), *rows]
    return rows


def _missed(topic: str, after: int) -> list[News]:
    return _rows(LiveEvent.objects.filter(topic=topic, id__gt=after))


def _rows(events: Any) -> list[News]:
    return [News(*row) for row in events.order_by("id").values_list("id", "topic", "payload")[:BATCH]]
