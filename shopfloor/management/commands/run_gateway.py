"""The gateway between the database and the controllers on the line network."""

import asyncio
import os
import signal
import socket
from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from shopfloor.gateway.service import Gateway
from shopfloor.gateway.store import PlantStore, StoreUnavailable


class Command(BaseCommand):
    """Run until SIGTERM or SIGINT, then finish what is being sent and end."""

    requires_system_checks = ()  # no pages here: it starts faster, and a fault in the web does not stop the lines
    help = "Carries recipes to the controllers and their reports back, until stopped by SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--poll", type=float, default=0.2, help="seconds between two looks (default 0.2)")
        parser.add_argument("--horizon", type=int, default=5, help="release what starts within so many minutes")
        parser.add_argument("--name", default="", help="name of this gateway in the transfers' history")

    def handle(self, *args: object, poll: float, horizon: int, name: str, **options: object) -> None:
        if poll <= 0 or horizon < 0:
            raise CommandError("--poll must be above 0 and --horizon not below 0.")
        gateway_name = name or f"{socket.gethostname()}/{os.getpid()}"
        try:
            asyncio.run(self._serve(PlantStore(gateway_name, timedelta(minutes=horizon)), poll))
        except StoreUnavailable as error:
            raise CommandError(f"The database cannot be reached: {error}") from error

    async def _serve(self, store: PlantStore, poll: float) -> None:
        gateway = Gateway(store, poll, self._ready)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, gateway.stop)
        await gateway.run()

    def _ready(self, controllers: int) -> None:
        self.stdout.write(f"ready: gateway for {controllers} controllers")
        self.stdout.flush()
