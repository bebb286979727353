"""The pure controller behind a real Modbus/TCP server on loopback, with a memory that survives the process."""

import asyncio
import contextlib
import logging
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from shopfloor.engine.controller import Controller, MachineModel
from shopfloor.engine.controller_memory import ControllerMemory
from shopfloor.engine.errors import IllegalAddress, IllegalValue
from shopfloor.engine.events import to_milliseconds
from shopfloor.engine.register_image import Nameplate
from shopfloor.engine.register_map import DriverProfile

LOOPBACK = "127.0.0.1"
TICK_SECONDS = 0.015
PARENT_CHECK_SECONDS = 0.5
ANY_UNIT = 0  # as most Modbus/TCP servers do: the unit id proves nothing
WRITE_FUNCTIONS = (6, 16)

# pymodbus logs whole frames as errors.
logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL + 1)


class RetainedMemory:
    """The file that holds a controller's memory; it is replaced whole, and on the disk before `store` returns."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> ControllerMemory | None:
        """The memory of the last life, None for a new controller; SnapshotInvalid for a file of something else."""
        try:
            return ControllerMemory.from_bytes(self._path.read_bytes())
        except FileNotFoundError:
            return None

    def store(self, memory: ControllerMemory) -> None:
        """Replace the file."""
        fresh = self._path.with_suffix(self._path.suffix + ".new")
        with fresh.open("wb") as file:
            file.write(memory.to_bytes())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        directory = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


class SimulatedController:
    """Serves one controller's registers on a port of this machine, and lets its plant time pass."""

    def __init__(
        self,
        profile: DriverProfile,
        nameplate: Nameplate,
        state_file: Path,
        read_clock: Callable[[], datetime],
        machine: MachineModel | None = None,
        leave_clock: Callable[[], None] = lambda: None,
    ) -> None:
        self._memory_file = RetainedMemory(state_file)
        self._controller = Controller(
            profile, nameplate, secrets.randbits(32), self._memory_file.load(), machine or MachineModel()
        )
        self._stored_revision = -1
        self._read_clock = read_clock
        self._leave_clock = leave_clock
        # The clock is a row: read in one thread of its own, because the database may not be used in an event loop.
        self._clock_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="clock")
        self._keep()

    async def serve(self, port: int, on_ready: Callable[[], None], parent: int | None = None) -> None:
        """Serve until cancelled, or until the process `parent` is gone; OSError when the port is taken."""
        server = ModbusTcpServer(self._device(), address=(LOOPBACK, port))
        try:
            await server.serve_forever(background=True)
        except RuntimeError as error:  # what pymodbus makes of every error of listen()
            raise OSError(f"cannot listen on {LOOPBACK}:{port}") from error
        try:
            on_ready()
            await self._live(parent)
        finally:
            await server.shutdown()
            self._clock_thread.submit(self._leave_clock).result()
            self._clock_thread.shutdown()

    def _device(self) -> SimDevice:
        registers = SimData(0, count=self._controller.profile.end, values=0, datatype=DataType.REGISTERS)
        return SimDevice(ANY_UNIT, simdata=[registers], action=self._act)

    async def _act(
        self,
        function: int,
        start: int,
        address: int,
        count: int,
        registers: list[int],
        values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Answer one request from the controller; the library's own registers only carry the answer.

        There is no await here: pymodbus would mix up the answers of two requests that arrive meanwhile.
        """
        try:
            if values is None:
                registers[address - start : address - start + count] = self._controller.read(address, count)
                return None
            if function not in WRITE_FUNCTIONS:
                return ExcCodes.ILLEGAL_FUNCTION
            self._controller.write(address, [int(value) for value in values], self._now())
        except IllegalAddress:
            return ExcCodes.ILLEGAL_ADDRESS
        except IllegalValue:
            return ExcCodes.ILLEGAL_VALUE
        self._keep()
        return None

    async def _live(self, parent: int | None) -> None:
        since_check = 0.0
        while True:
            self._controller.tick(self._now())
            self._keep()
            await asyncio.sleep(TICK_SECONDS)
            since_check += TICK_SECONDS
            if parent is not None and since_check >= PARENT_CHECK_SECONDS:
                since_check = 0.0
                if not _is_alive(parent):
                    return

    def _now(self) -> int:
        return to_milliseconds(self._clock_thread.submit(self._read_clock).result())

    def _keep(self) -> None:
        """Put the memory on the disk if it changed, before anybody is told of it."""
        if self._controller.revision != self._stored_revision:
            self._memory_file.store(self._controller.memory)
            self._stored_revision = self._controller.revision


def _is_alive(process: int) -> bool:
    with contextlib.suppress(PermissionError):  # it lives, but is not ours
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True
