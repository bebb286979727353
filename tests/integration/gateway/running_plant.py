"""Gateway and simulated controller in a thread of their own, over real sockets, on the test's database."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.db import connection

from foundation.api import clock_start, plant_now
from shopfloor import api
from shopfloor.engine.register_image import Nameplate
from shopfloor.gateway.service import Gateway
from shopfloor.gateway.simulated_controller import SimulatedController
from shopfloor.gateway.store import PlantStore
from tests.integration.shopfloor.paint_shop import MONDAY


@dataclass
class RunningPlant:
    """Switches a controller on and off while the gateway serves."""

    state_file: Path
    port: int
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    gateway: Gateway | None = None
    controller: "asyncio.Task[None] | None" = None
    failure: BaseException | None = None

    def switch_on(self) -> None:
        """Start the controller with the memory it has, and wait until it listens."""
        listening = threading.Event()
        (target,) = api.gateway_targets()
        nameplate = Nameplate(target.code, "PAINT", tuple(target.channels.values()))

        def close() -> None:
            connection.close()

        def start() -> None:
            simulated = SimulatedController(target.profile, nameplate, self.state_file, plant_now, leave_clock=close)
            self.controller = self.loop.create_task(simulated.serve(self.port, listening.set))

        self.loop.call_soon_threadsafe(start)
        assert listening.wait(5)

    def switch_off(self) -> None:
        """Cut its power between two requests."""
        gone = threading.Event()

        def stop() -> None:
            assert self.controller is not None
            self.controller.add_done_callback(lambda _: gone.set())
            self.controller.cancel()

        self.loop.call_soon_threadsafe(stop)
        assert gone.wait(5)

    def serve(self) -> None:
        """Run the gateway until it is stopped."""
        asyncio.set_event_loop(self.loop)
        self.gateway = Gateway(PlantStore("gateway-test", timedelta(minutes=5)), 0.02)
        try:
            self.loop.run_until_complete(self.gateway.run())
        except BaseException as error:  # shown by the test that started the thread
            self.failure = error
            raise


@contextlib.contextmanager
def running_plant(tmp_path: Path, speed: float = 0.0) -> Iterator[RunningPlant]:
    """A plant at Monday six o'clock whose controller is switched on; everything has ended when the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clock_start(at=MONDAY, speed=speed)
    api.controllers_address(ports={"PAINT": port})
    plant = RunningPlant(tmp_path / "memory.json", port)
    thread = threading.Thread(target=plant.serve)
    thread.start()
    try:
        plant.switch_on()
        yield plant
    finally:
        if plant.controller is not None and not plant.controller.done():
            plant.switch_off()
        if plant.gateway is not None and thread.is_alive():
            plant.loop.call_soon_threadsafe(plant.gateway.stop)
        thread.join(15)
        plant.loop.close()
    assert plant.failure is None


def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait until something holds, or fail."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
