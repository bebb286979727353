"""`manage.py serve`: pages, worker and ticker in one process, for development and for small sites on one machine."""

from argparse import ArgumentParser
from typing import Any

import uvicorn
from django.core.management.base import BaseCommand

from config.embedded import EmbeddedWorker, Ticker


class Command(BaseCommand):
    """Serve the pages with everything that the embedded default needs beside them."""

    help = "Serve the pages on loopback; with the embedded broker also run its worker and ticker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        worker, ticker = EmbeddedWorker(), Ticker()
        ticker.every_beat()
        worker.start()
        ticker.start()
        self.stdout.write(f"ready: http://127.0.0.1:{port}/")
        self.stdout.flush()
        try:
            uvicorn.run(
                "config.asgi:application",
                host="127.0.0.1",
                port=port,
                log_level="warning",
                lifespan="off",
                timeout_graceful_shutdown=2,
            )
        finally:
            ticker.stop()
            worker.stop()
