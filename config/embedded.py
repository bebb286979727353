"""The embedded default: a Celery worker thread and a ticker thread beside the web server, in one process.

The broker is `memory://`, which forgets everything when the process ends. That is harmless: the status of a row is
the queue, a message is only a wake-up, and the ticker sends the wake-ups of the beat schedule again.
"""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog
from celery.worker import WorkController
from django.conf import settings
from django.db import close_old_connections

from config.celery import app

logger = structlog.get_logger()

TICK_SECONDS = 0.2
STOP_SECONDS = 10.0


class EmbeddedWorker:
    """A Celery worker in a daemon thread of this process; it listens on all queues."""

    def __init__(self, concurrency: int = 2) -> None:
        app.loader.import_default_modules()
        self._worker = WorkController(
            app=app,
            pool_cls="threads",
            concurrency=concurrency,
            queues=settings.CELERY_QUEUES_SERVED,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
            hostname="embedded@localhost",
        )
        self._thread = threading.Thread(target=self._worker.start, name="celery-embedded", daemon=True)

    def start(self) -> None:
        """Begin to take tasks."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the running tasks within a few seconds and stop."""
        self._worker.stop()
        self._thread.join(STOP_SECONDS)


class Ticker:
    """Calls functions at intervals in one daemon thread; a call that fails is logged and made again next time."""

    def __init__(self) -> None:
        self._calls: list[tuple[str, float, Callable[[], object]]] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def every(self, interval: timedelta, name: str, call: Callable[[], object]) -> None:
        """Call `call` each `interval`, first one interval after the start."""
        self._calls.append((name, interval.total_seconds(), call))

    def every_beat(self) -> None:
        """Take over the beat schedule of the settings, as celery beat does in production."""
        for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
            options = entry.get("options", {})
            self.every(entry["schedule"], name, partial(app.send_task, entry["task"], **options))

    def start(self) -> None:
        """Begin to tick."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the call that is being made."""
        self._stopping.set()
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        due = {name: time.monotonic() + seconds for name, seconds, _ in self._calls}
        while not self._stopping.wait(TICK_SECONDS):
            for name, seconds, call in self._calls:
                if time.monotonic() < due[name]:
                    continue
                due[name] = time.monotonic() + seconds
                close_old_connections()
                try:
                    call()
                except Exception:
                    # The next tick is the retry. Nothing is lost: what is due is a row, not this call.
                    logger.exception("tick_failed", tick=name)
