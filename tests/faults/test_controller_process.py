"""A recipe's way into a controller that is a process of its own, with power cuts at every bad moment."""

import asyncio
from uuid import UUID, uuid4

import pytest

from shopfloor.engine.acknowledgement import AckCode
from shopfloor.engine.codec import Kind, RegisterType, encode
from shopfloor.engine.dialogue import Record
from shopfloor.engine.events import EventKind
from shopfloor.engine.handshake import (
    Acknowledged,
    Destination,
    NotCommitted,
    NotPermitted,
    Refused,
    Unknown,
    download,
    resolve,
)
from shopfloor.engine.reading import WrongController, read_events
from shopfloor.engine.recipe import Recipe
from shopfloor.formats.driver_profile import find_profile
from shopfloor.gateway.driver import ClaimLost, drive
from shopfloor.gateway.link import Link
from tests.faults.controller_process import ControllerProcess

pytestmark = pytest.mark.asyncio


@pytest.fixture
def controller(tmp_path):
    process = ControllerProcess(tmp_path / "memory.json").start()
    yield process
    process.kill()


@pytest.fixture
def modular(tmp_path):
    process = ControllerProcess(tmp_path / "memory.json", profile="lw-modular").start()
    yield process
    process.kill()


class Bench:
    """Sends recipes to a controller process and looks at what it did."""

    def __init__(self, process, station="WELD-1", channel=0):
        self.process = process
        self.profile = find_profile(process.profile)
        self.to = Destination("frame-line", channel, station)
        self.link = None
        self.at_commit = None

    def recipe(self, seconds=600, registers=40, job_id=None):
        duration = encode(seconds, RegisterType(Kind.U32), self.profile.encoding)
        words = duration + tuple(range(1, registers - 1))
        return Recipe(job_id or uuid4(), words, self.profile.map_version)

    async def open(self):
        self.link = Link("127.0.0.1", self.process.port, 1, self.profile.timeouts)
        await self.link.open()
        return self.link

    async def converse(self, machine):
        link = await self.open()
        try:
            return await drive(machine, link, self._record)
        finally:
            link.close()

    async def send(self, recipe, sequence=1):
        return await self.converse(download(self.profile, self.to, recipe, sequence))

    async def read_back(self, recipe, sequence=1):
        return await self.converse(resolve(self.profile, self.to, recipe, sequence))

    async def events(self):
        return (await self.converse(read_events(self.profile))).events

    async def starts(self):
        return [event.job_id for event in await self.events() if event.kind is EventKind.STARTED]

    async def _record(self, record: Record) -> bool:
        return True if self.at_commit is None else await self.at_commit()


@pytest.mark.parametrize("which", ["controller", "modular"])
async def test_a_recipe_is_taken_run_and_reported(which, request):
    process = request.getfixturevalue(which)
    bench = Bench(process)
    recipe = bench.recipe(seconds=0, registers=150)

    outcome = await bench.send(recipe)
    await asyncio.sleep(0.1)

    assert isinstance(outcome, Acknowledged)
    assert [(event.kind, event.job_id, event.good) for event in await bench.events()] == [
        (EventKind.STARTED, recipe.job_id, 0),
        (EventKind.COMPLETED, recipe.job_id, 1),
    ]


async def test_the_same_sequence_number_twice_starts_one_run(controller):
    bench = Bench(controller)
    await bench.send(bench.recipe())

    link = await bench.open()
    await link.write_alone(bench.profile.channel(0).sequence, 1)
    await link.write_alone(bench.profile.channel(0).sequence, 1)
    link.close()

    assert len(await bench.starts()) == 1


async def test_a_controller_that_counts_no_sequence_numbers_starts_two(tmp_path):
    process = ControllerProcess(tmp_path / "memory.json", kind="Trusting").start()
    try:
        bench = Bench(process)
        await bench.send(bench.recipe())

        link = await bench.open()
        await link.write_alone(bench.profile.channel(0).sequence, 1)
        link.close()

        assert len(await bench.starts()) == 2
    finally:
        process.kill()


async def test_another_controller_at_the_address_is_not_written_to(tmp_path):
    process = ControllerProcess(tmp_path / "memory.json", identity="paint-line").start()
    try:
        bench = Bench(process)

        outcome = await bench.send(bench.recipe())

        assert isinstance(outcome, WrongController)
        link = await bench.open()
        channel = bench.profile.channel(0)
        assert set(await link.read(channel.staging.address, 125)) == {0}
        assert set(await link.read(channel.command.address, channel.command.size)) == {0}
        link.close()
    finally:
        process.kill()


async def test_without_the_identity_check_the_other_line_would_run_it(tmp_path):
    process = ControllerProcess(tmp_path / "memory.json", identity="paint-line").start()
    try:
        bench = Bench(process)
        recipe = bench.recipe()
        link = await bench.open()
        channel = bench.profile.channel(0)

        await link.write(channel.staging.address, recipe.words)
        header = {"command": 1, "map_version": 1, "length": 40, "crc": recipe.crc, "job": recipe.job_id}
        await link.write(channel.command.address, channel.command.encode(header, bench.profile.encoding))
        await link.write_alone(channel.sequence, 1)
        link.close()

        assert await bench.starts() == [recipe.job_id]
    finally:
        process.kill()


async def flip_a_bit(bench):
    link = await Bench(bench.process).open()
    address = bench.profile.channel(0).staging.address + 5
    word = (await link.read(address, 1))[0]
    await link.write_alone(address, word ^ 0x0100)
    link.close()
    return True


async def test_a_bit_that_flips_after_the_read_back_is_caught_by_the_checksum(controller):
    bench = Bench(controller)
    bench.at_commit = lambda: flip_a_bit(bench)

    outcome = await bench.send(bench.recipe())

    assert isinstance(outcome, Refused)
    assert outcome.code == AckCode.BAD_CRC
    assert await bench.starts() == []


async def test_without_the_checksum_the_flipped_bit_would_run(tmp_path):
    process = ControllerProcess(tmp_path / "memory.json", kind="Trusting").start()
    try:
        bench = Bench(process)
        recipe = bench.recipe()
        bench.at_commit = lambda: flip_a_bit(bench)

        await bench.send(recipe)

        active = bench.profile.channel(0).active.address
        link = await bench.open()
        assert await link.read(active, 40) != recipe.words
        link.close()
        assert len(await bench.starts()) == 1
    finally:
        process.kill()


async def test_a_power_cut_between_read_back_and_commit_leaves_nothing_to_run(controller):
    bench = Bench(controller)
    recipe = bench.recipe()

    async def cut():
        controller.kill()
        return True

    bench.at_commit = cut
    assert isinstance(await bench.send(recipe), Unknown)
    controller.start()
    bench.at_commit = None

    assert isinstance(await bench.read_back(recipe), NotCommitted)
    assert isinstance(await bench.send(recipe, sequence=2), Acknowledged)
    assert await bench.starts() == [recipe.job_id]


async def commit_without_hearing(bench, recipe):
    """Send a recipe whose commit arrives, while its answer does not."""
    channel = bench.profile.channel(0)

    class Deaf(Link):
        async def write_alone(self, address, word):
            answer = asyncio.create_task(super().write_alone(address, word))
            await asyncio.sleep(0.15)
            assert address == channel.sequence
            bench.process.kill()
            await answer
            await super().read(0, 1)

    link = Deaf("127.0.0.1", bench.process.port, 1, bench.profile.timeouts)
    await link.open()
    try:
        return await drive(download(bench.profile, bench.to, recipe, 1), link, bench._record)
    finally:
        link.close()


async def test_a_power_cut_after_the_commit_is_settled_from_the_controllers_memory(controller):
    bench = Bench(controller)
    recipe = bench.recipe()

    assert isinstance(await commit_without_hearing(bench, recipe), Unknown)
    controller.start()

    assert isinstance(await bench.read_back(recipe), Acknowledged)
    assert await bench.starts() == [recipe.job_id]


async def test_a_controller_that_forgets_would_run_the_recipe_a_second_time(tmp_path):
    process = ControllerProcess(tmp_path / "memory.json", kind="Forgetful").start()
    try:
        bench = Bench(process)
        recipe = bench.recipe()
        await commit_without_hearing(bench, recipe)
        process.start()

        assert isinstance(await bench.read_back(recipe), NotCommitted)
        assert isinstance(await bench.send(recipe, sequence=2), Acknowledged)
    finally:
        process.kill()


async def test_a_power_cut_during_the_run_gives_one_completion_with_its_exact_end(tmp_path):
    process = ControllerProcess(tmp_path / "memory.json", speed=100).start()
    try:
        bench = Bench(process)
        recipe = bench.recipe(seconds=40)
        await bench.send(recipe)
        process.kill()
        process.start()
        await asyncio.sleep(0.6)

        started, completed = await bench.events()

        assert (started.kind, completed.kind) == (EventKind.STARTED, EventKind.COMPLETED)
        assert completed.at_milliseconds - started.at_milliseconds == 40_000
        assert completed.boot_id != started.boot_id
    finally:
        process.kill()


async def test_a_step_that_cannot_be_recorded_sends_no_commit(controller):
    bench = Bench(controller)

    async def lost():
        return False

    bench.at_commit = lost

    with pytest.raises(ClaimLost):
        await bench.send(bench.recipe())

    assert await bench.starts() == []


async def test_a_running_station_is_not_disturbed_and_its_neighbour_is_free(controller):
    bench, neighbour = Bench(controller), Bench(controller, "WELD-2", 1)
    await bench.send(bench.recipe())

    assert isinstance(await bench.send(bench.recipe(), sequence=2), NotPermitted)
    assert isinstance(await neighbour.send(neighbour.recipe()), Acknowledged)


async def test_two_gateways_with_the_same_number_never_start_two_recipes(controller):
    bench, other = Bench(controller), Bench(controller)

    outcomes = await asyncio.gather(bench.send(bench.recipe()), other.send(other.recipe()))

    assert len(await bench.starts()) <= 1
    assert sum(isinstance(outcome, Acknowledged) for outcome in outcomes) <= 1


async def test_the_job_id_in_the_events_is_that_of_the_recipe(controller):
    bench = Bench(controller)
    job_id = UUID(int=2**127 + 12345)

    await bench.send(bench.recipe(job_id=job_id))

    assert await bench.starts() == [job_id]
