"""A simulated controller in a process of its own, to be killed without warning.

Run as a program it serves one controller in wall time, `speed` times as fast. It needs no database.
"""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class ControllerProcess:
    """Starts, kills and restarts one simulated controller; its memory file stays."""

    state_file: Path
    identity: str = "frame-line"
    stations: tuple[str, ...] = ("WELD-1", "WELD-2")
    profile: str = "lw-compact"
    speed: float = 1.0
    kind: str = "Controller"
    port: int = 0
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    def start(self) -> "ControllerProcess":
        """Start it and wait until it listens; the port stays the same over restarts."""
        if not self.port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "tests.faults.controller_process", str(self.state_file), str(self.port)]
        options = {
            "--identity": self.identity,
            "--stations": ",".join(self.stations),
            "--profile": self.profile,
            "--speed": str(self.speed),
            "--kind": self.kind,
        }
        command += [part for option in options.items() for part in option]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("ready"), "the controller did not start"
        return self

    def kill(self) -> None:
        """Cut its power."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def freeze(self) -> None:
        """Let it hang: connections stay open, nothing is answered."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


def main() -> None:
    """Serve one controller until killed."""
    from shopfloor.engine import controller as engine
    from shopfloor.engine.acknowledgement import AckCode
    from shopfloor.engine.register_image import Nameplate
    from shopfloor.formats.driver_profile import find_profile
    from shopfloor.gateway import simulated_controller

    parser = ArgumentParser()
    parser.add_argument("state_file", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--identity", default="frame-line")
    parser.add_argument("--stations", default="WELD-1,WELD-2")
    parser.add_argument("--profile", default="lw-compact")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--kind", choices=["Controller", "Trusting", "Forgetful"], default="Controller")
    options = parser.parse_args()

    class Trusting(engine.Controller):
        """Negative control: takes whatever is staged when a sequence number comes, also a second time."""

        def _sequence_arrived(self, index: int, word: int, now: int) -> None:
            self.memory.stations[index].last_sequence = 0
            super()._sequence_arrived(index, word, now)

        def _judgement(self, index: int, word: int) -> AckCode:
            return AckCode.ACCEPTED

        def _move(self, station: object, *states: object) -> None:
            station.state = states[-1]  # type: ignore[attr-defined]

    class Forgetful(engine.Controller):
        """Negative control: knows after a restart nothing of what it has acknowledged."""

        def __init__(self, profile: object, nameplate: object, boot: int, memory: object, machine: object) -> None:
            super().__init__(profile, nameplate, boot, None, machine)  # type: ignore[arg-type]

    kinds = {"Controller": engine.Controller, "Trusting": Trusting, "Forgetful": Forgetful}
    simulated_controller.Controller = kinds[options.kind]  # type: ignore[misc]
    began, monotonic = datetime.now(UTC), time.monotonic()

    def read_clock() -> datetime:
        return began + timedelta(seconds=options.speed * (time.monotonic() - monotonic))

    served = simulated_controller.SimulatedController(
        find_profile(options.profile),
        Nameplate(options.identity, "FRAME", tuple(options.stations.split(","))),
        options.state_file,
        read_clock,
    )
    asyncio.run(served.serve(options.port, lambda: sys.stdout.write("ready\n") and sys.stdout.flush()))


if __name__ == "__main__":
    main()
