"""A simulated line controller as a process of its own."""

import asyncio
import contextlib
import signal
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from foundation.api import plant_now
from shopfloor.engine.controller import MachineModel
from shopfloor.engine.errors import LineError
from shopfloor.engine.register_image import Nameplate
from shopfloor.formats.driver_profile import find_profile
from shopfloor.gateway.simulated_controller import SimulatedController


class Command(BaseCommand):
    """Serve one controller on loopback until SIGTERM; its memory survives in the state file."""

    help = "Simulates one line controller on a port of this machine, in plant time."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--profile", required=True, help="code of a shipped driver profile, or a TOML file")
        parser.add_argument("--identity", required=True, help="the controller's code, as the plant knows it")
        parser.add_argument("--stations", required=True, help="station codes in channel order, separated by commas")
        parser.add_argument("--port", type=int, required=True, help="TCP port on 127.0.0.1")
        parser.add_argument("--state-file", type=Path, required=True, help="what it keeps over a restart")
        parser.add_argument("--line", default="", help="name of its line")
        parser.add_argument("--power-watts", type=int, default=1500, help="power of each station while it runs")
        parser.add_argument("--scrap-every", type=int, default=0, help="every how manieth piece is scrap; 0 for none")
        parser.add_argument("--parent-pid", type=int, default=None, help="end when this process is gone")

    def handle(
        self,
        *args: object,
        profile: str,
        identity: str,
        stations: str,
        port: int,
        state_file: Path,
        line: str,
        power_watts: int,
        scrap_every: int,
        parent_pid: int | None,
        **options: object,
    ) -> None:
        nameplate = Nameplate(identity, line, tuple(part.strip() for part in stations.split(",") if part.strip()))
        try:
            state_file.parent.mkdir(parents=True, exist_ok=True)
            controller = SimulatedController(
                find_profile(profile),
                nameplate,
                state_file,
                plant_now,
                MachineModel(power_watts, scrap_every),
                leave_clock=lambda: connection.close(),
            )
            with contextlib.suppress(asyncio.CancelledError):
                asyncio.run(self._serve(controller, identity, port, parent_pid))
        except (LineError, ValueError, OSError) as error:
            raise CommandError(f"The controller {identity} cannot be simulated: {error}.") from error

    async def _serve(self, controller: SimulatedController, identity: str, port: int, parent: int | None) -> None:
        serving = asyncio.current_task()
        for number in (signal.SIGTERM, signal.SIGINT):
            if serving is not None:
                asyncio.get_running_loop().add_signal_handler(number, serving.cancel)

        def ready() -> None:
            self.stdout.write(f"ready: controller {identity} on port {port}")
            self.stdout.flush()

        await controller.serve(port, ready, parent)
