"""The gateway with real controller processes and a store in memory: what it does when parts of the plant fail."""

import asyncio
import contextlib

import pytest

from shopfloor.engine.transfer import TransferState
from shopfloor.formats.driver_profile import find_profile
from shopfloor.gateway.link import Link
from shopfloor.gateway.service import Gateway
from tests.faults.controller_process import ControllerProcess
from tests.faults.memory_store import MemoryStore, target_of

pytestmark = pytest.mark.asyncio

POLL = 0.02


@pytest.fixture
def processes(tmp_path):
    started = []

    def start(**options):
        process = ControllerProcess(tmp_path / f"memory-{len(started)}.json", **options).start()
        started.append(process)
        return process

    yield start
    for process in started:
        if process.process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.thaw()
        process.kill()


@contextlib.asynccontextmanager
async def running(store):
    """A gateway that serves while the block runs, and is drained after it."""
    gateway = Gateway(store, POLL)
    task = asyncio.create_task(gateway.run())
    try:
        yield gateway
    finally:
        gateway.stop()
        await asyncio.wait_for(task, 15)


async def until(condition, seconds=10.0):
    """Wait until something holds, or fail."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


async def test_recipes_are_run_one_after_the_other_and_reported(processes):
    store = MemoryStore((target_of(processes()), target_of(processes(profile="lw-modular"), 2)))
    transfers = [store.add(controller, channel) for controller in (1, 2) for channel in (0, 1) for _ in range(3)]

    async with running(store):
        await until(lambda: all(store.state(transfer) == TransferState.DONE for transfer in transfers))

    assert sorted(store.starts(), key=str) == sorted((transfer.job_id for transfer in transfers), key=str)
    assert store.closed


async def test_every_transfer_is_committed_in_the_store_before_it_is_acknowledged(processes):
    store = MemoryStore((target_of(processes()),))
    transfer = store.add(1, 0, seconds=600)

    async with running(store):
        await until(lambda: store.state(transfer) == TransferState.RUNNING)

    states = store.history[transfer.transfer_id]
    assert states[:3] == [TransferState.PENDING, TransferState.COMMITTED, TransferState.ACKNOWLEDGED]


async def test_a_controller_that_is_down_gets_its_recipe_when_it_comes_back(processes):
    process = processes()
    process.kill()
    store = MemoryStore((target_of(process),))
    transfer = store.add(1, 0)

    async with running(store):
        await until(lambda: 1 in store.silence)
        assert "no connection" in store.silence[1]
        process.start()
        await until(lambda: store.state(transfer) == TransferState.DONE)

    assert len(store.starts()) == 1


async def test_a_controller_that_hangs_does_not_hold_up_the_others(processes):
    hanging, healthy = processes(), processes(identity="paint-line")
    store = MemoryStore((target_of(hanging), target_of(healthy, 2)))

    async with running(store):
        await until(lambda: len(store.health) == 2)
        hanging.freeze()
        stuck = store.add(1, 0)
        began = asyncio.get_running_loop().time()
        for _ in range(5):
            transfer = store.add(2, 0)
            await until(lambda transfer=transfer: store.state(transfer) == TransferState.DONE)
        assert asyncio.get_running_loop().time() - began < 5.0
        assert store.state(stuck) != TransferState.DONE
        hanging.thaw()
        await until(lambda: store.state(stuck) == TransferState.DONE)

    assert len(store.starts()) == 6


async def test_controllers_killed_again_and_again_run_every_recipe_exactly_once(processes):
    process = processes()
    store = MemoryStore((target_of(process),))
    transfers = [store.add(1, channel) for _ in range(10) for channel in (0, 1)]

    async with running(store):
        for delay in (0.31, 0.23, 0.42, 0.27):
            await asyncio.sleep(delay)
            process.kill()
            process.start()
        await until(lambda: all(store.state(transfer) == TransferState.DONE for transfer in transfers), 30)

    assert sorted(store.starts(), key=str) == sorted((transfer.job_id for transfer in transfers), key=str)


async def test_a_database_that_was_away_loses_no_event_and_no_recipe(processes):
    store = MemoryStore((target_of(processes()),))
    first = store.add(1, 0, seconds=1)

    async with running(store):
        await until(lambda: store.state(first) == TransferState.RUNNING)
        store.is_away = True
        await asyncio.sleep(1.5)
        second = store.add(1, 1)
        store.is_away = False
        await until(lambda: store.state(first) == TransferState.DONE and store.state(second) == TransferState.DONE)

    assert len(store.starts()) == 2


async def test_events_are_not_consumed_at_the_controller_before_they_are_stored(processes):
    class ForgetfulOnce(MemoryStore):
        async def ingest(self, controller_id, events):
            await super().ingest(controller_id, events)
            if self.ingested == len(events):
                self.is_away = True
                asyncio.get_running_loop().call_later(0.3, setattr, self, "is_away", False)
                self._check()
            return max(event.sequence for event in events)

    store = ForgetfulOnce((target_of(processes()),))
    transfer = store.add(1, 0)

    async with running(store):
        await until(lambda: store.state(transfer) == TransferState.DONE and store.ingested > len(store.events))

    assert len(store.starts()) == 1


class Disturbed(MemoryStore):
    """Changes something at the controller just before the first commit goes out."""

    disturb = None

    async def advance(self, transfer, state, reading=None, ack_code=None, reason=""):
        if state == TransferState.COMMITTED and self.disturb is not None:
            disturb, self.disturb = self.disturb, None
            await disturb()
        return await super().advance(transfer, state, reading, ack_code, reason)


async def rewrite(process, address, change):
    """Change one register of a controller behind the gateway's back."""
    link = Link("127.0.0.1", process.port, 1, find_profile(process.profile).timeouts)
    await link.open()
    await link.write_alone(address, change((await link.read(address, 1))[0]))
    link.close()


async def test_a_flipped_bit_is_refused_by_the_controller_and_the_recipe_sent_again(processes):
    process = processes()
    store = Disturbed((target_of(process),))
    staging = store.controllers[0].profile.channel(0).staging.address
    store.disturb = lambda: rewrite(process, staging + 7, lambda word: word ^ 0x0008)
    transfer = store.add(1, 0)

    async with running(store):
        await until(lambda: store.state(transfer) == TransferState.DONE)

    assert store.history[transfer.transfer_id][:3] == ["PENDING", "COMMITTED", "PENDING"]
    assert len(store.starts()) == 1


async def test_a_header_for_another_map_is_refused_for_good(processes):
    process = processes()
    store = Disturbed((target_of(process),))
    command = store.controllers[0].profile.channel(0).command
    version = command.address + command.fields["map_version"].offset
    store.disturb = lambda: rewrite(process, version, lambda word: word + 1)
    transfer = store.add(1, 0)

    async with running(store):
        await until(lambda: store.state(transfer) == TransferState.REFUSED)

    assert "another version" in store.reasons[transfer.transfer_id]
    assert store.starts() == []


async def test_another_controller_at_the_address_is_reported_and_gets_nothing(processes):
    process = processes(identity="paint-line")
    target = target_of(process)
    process.identity = "frame-line"
    store = MemoryStore((target_of(process),))
    transfer = store.add(1, 0)

    async with running(store):
        await until(lambda: 1 in store.silence)
        await asyncio.sleep(0.3)

    assert target.code == "paint-line"
    assert "its controller is 'paint-line', expected 'frame-line'" in store.silence[1]
    assert store.history[transfer.transfer_id] == [TransferState.PENDING]


async def test_a_recipe_beyond_the_controllers_room_is_refused_without_a_word_to_it(processes):
    store = MemoryStore((target_of(processes()),))
    transfer = store.add(1, 0, registers=501)

    async with running(store):
        await until(lambda: store.state(transfer) == TransferState.REFUSED)

    assert "501 registers" in store.reasons[transfer.transfer_id]


async def test_a_station_that_stays_busy_gives_its_next_recipe_back_with_the_reason(processes):
    store = MemoryStore((target_of(processes()),))
    store.add(1, 0, seconds=3600)
    async with running(store):
        await until(lambda: len(store.starts()) == 1)
        store.transfers[1] = store.transfers.pop(1)
        store.history[1] = [TransferState.DONE]  # as if a person had freed the channel in the database
        blocked = store.add(1, 0)
        await until(lambda: "EXECUTE" in store.reasons.get(blocked.transfer_id, ""))

    assert len(store.starts()) == 1
    assert store.state(blocked) == TransferState.PENDING


async def test_stopping_finishes_what_is_under_way_and_gives_back_the_rest(processes):
    store = MemoryStore((target_of(processes()),))
    transfers = [store.add(1, channel, seconds=600) for channel in (0, 1)]

    async with running(store) as gateway:
        await until(lambda: len(store.history[1]) > 1)
        gateway.stop()

    assert {store.state(transfer) for transfer in transfers} <= {
        TransferState.PENDING,
        TransferState.ACKNOWLEDGED,
        TransferState.RUNNING,
    }
