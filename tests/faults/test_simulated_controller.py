"""The simulated controller as a program: what it refuses, what it leaves behind, when it ends."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from shopfloor.engine.controller_memory import ControllerMemory, StationMemory
from shopfloor.engine.register_image import Nameplate
from shopfloor.formats.driver_profile import find_profile
from shopfloor.gateway.simulated_controller import RetainedMemory, SimulatedController

ARGUMENTS = {"identity": "C-1", "stations": "WELD-1", "port": 1, "profile": "lw-compact"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"profile": "lw-none"}, "lw-none: file: No such file"),
        ({"stations": "A,B,C,D,E"}, "4 channels; 5 stations do not fit"),
    ],
)
def test_what_cannot_be_simulated_is_told_in_one_sentence(tmp_path, changes, sentence):
    with pytest.raises(CommandError, match=f"C-1 cannot be simulated: .*{sentence}"):
        call_command("simulate_controller", state_file=tmp_path / "memory", **ARGUMENTS | changes)


def test_a_memory_file_of_something_else_is_not_overwritten(tmp_path):
    path = tmp_path / "memory"
    path.write_text("a letter")

    with pytest.raises(CommandError, match="memory cannot be restored"):
        call_command("simulate_controller", state_file=path, **ARGUMENTS)

    assert path.read_text() == "a letter"


def test_the_memory_file_is_replaced_whole(tmp_path):
    file = RetainedMemory(tmp_path / "memory")
    for number in (1, 2):
        file.store(ControllerMemory([StationMemory("WELD-1", last_sequence=number)]))

    assert file.load().stations[0].last_sequence == 2
    assert [path.name for path in tmp_path.iterdir()] == ["memory"]


@pytest.mark.asyncio
async def test_it_ends_when_its_parent_is_gone(tmp_path):
    parent = subprocess.Popen([sys.executable, "-c", ""])
    parent.wait()
    controller = SimulatedController(
        find_profile("lw-compact"), Nameplate("C-1", "L", ("WELD-1",)), tmp_path / "memory", lambda: datetime.now(UTC)
    )

    async with asyncio.timeout(5):
        await controller.serve(0, lambda: None, parent=parent.pid)


@pytest.mark.asyncio
async def test_it_goes_on_while_its_parent_lives(tmp_path):
    controller = SimulatedController(
        find_profile("lw-compact"), Nameplate("C-1", "L", ("WELD-1",)), tmp_path / "memory", lambda: datetime.now(UTC)
    )

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await controller.serve(0, lambda: None, parent=os.getpid())


@pytest.mark.asyncio
async def test_a_port_that_is_taken_is_an_error(tmp_path):
    async def serve(reader, writer):
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    controller = SimulatedController(
        find_profile("lw-compact"), Nameplate("C-1", "L", ("WELD-1",)), tmp_path / "memory", lambda: datetime.now(UTC)
    )

    with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{port}"):
        await controller.serve(port, lambda: None)
    server.close()
