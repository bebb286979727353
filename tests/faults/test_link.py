"""What the link does when the other end misbehaves on the wire."""

import asyncio
import struct

import pytest
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from shopfloor.engine.errors import NoAnswer, RequestRefused
from shopfloor.engine.register_map import Timeouts
from shopfloor.gateway.link import Link
from tests.faults.scripted_server import frame, proper_answer, scripted_server

pytestmark = pytest.mark.asyncio

TIMEOUTS = Timeouts(connect=0.5, answer=0.25, acknowledgement=1.0)
UNIT = 7


async def opened(port):
    link = Link("127.0.0.1", port, UNIT, TIMEOUTS)
    await link.open()
    return link


async def silence(request, writer):
    """No answer."""


def answering(pdu_of, transaction_ahead=0, unit=UNIT):
    async def reply(request, writer):
        writer.write(frame(request.transaction + transaction_ahead, unit, pdu_of(request)))

    return reply


async def read(link):
    await link.read(10, 3)


async def write(link):
    await link.write(10, [1, 2])


async def write_alone(link):
    await link.write_alone(10, 5)


WAYS = [read, write, write_alone]


@pytest.mark.parametrize("way", WAYS)
async def test_a_proper_answer_is_taken(way):
    async with scripted_server(answering(proper_answer)) as server:
        link = await opened(server.port)

        await way(link)

        assert link.is_open
        link.close()


@pytest.mark.parametrize("way", WAYS)
async def test_a_silent_server_gets_exactly_one_request(way):
    async with scripted_server(silence) as server:
        link = await opened(server.port)

        with pytest.raises(NoAnswer, match="no answer within"):
            await way(link)
        with pytest.raises(NoAnswer, match="closed"):
            await way(link)
        await asyncio.sleep(0.5)

        assert len(server.seen) == 1
        assert server.connections == 1


async def test_the_librarys_own_retries_would_write_again_and_again():
    async with scripted_server(silence) as server:
        client = AsyncModbusTcpClient("127.0.0.1", port=server.port, timeout=0.05)
        await client.connect()

        with pytest.raises(ModbusException):
            await client.write_register(10, 5, device_id=UNIT)
        client.close()

        assert len(server.seen) == 4


async def test_the_library_alone_would_connect_again_to_whoever_answers_now():
    async with scripted_server(answering(proper_answer)) as server:
        client = AsyncModbusTcpClient("127.0.0.1", port=server.port, timeout=0.5, retries=0, reconnect_delay=0.05)
        await client.connect()
        client.ctx.connection_lost(None)
        await asyncio.sleep(0.2)

        await client.write_register(10, 5, device_id=UNIT)
        client.close()

        assert server.connections == 2


WRONG_ANSWERS = {
    "another function": answering(lambda request: bytes([16]) + struct.pack(">HH", 10, 2)),
    "too few registers": answering(lambda request: proper_answer(request, (1, 2))),
    "too many registers": answering(lambda request: proper_answer(request, (1, 2, 3, 4))),
    "another transaction": answering(proper_answer, transaction_ahead=1),
    "no transaction": answering(proper_answer, transaction_ahead=-1),
    "another unit": answering(proper_answer, unit=9),
    "a byte count beyond its frame": answering(lambda request: bytes([3, 10, 0, 1])),
    "an unknown function": answering(lambda request: bytes([0x55, 1, 2])),
}


@pytest.mark.parametrize("fault", WRONG_ANSWERS)
async def test_a_wrong_answer_to_a_read_is_no_answer(fault):
    async with scripted_server(WRONG_ANSWERS[fault]) as server:
        link = await opened(server.port)

        with pytest.raises(NoAnswer):
            await link.read(10, 3)

        assert not link.is_open
        assert len(server.seen) == 1


WRONG_ECHOES = {
    "another address": lambda request: struct.pack(">BHH", 16, 999, 2),
    "another count": lambda request: struct.pack(">BHH", 16, 10, 1),
    "another function": lambda request: bytes([3, 4, 0, 1, 0, 2]),
}


@pytest.mark.parametrize("fault", WRONG_ECHOES)
async def test_a_wrong_echo_of_a_write_is_no_answer(fault):
    async with scripted_server(answering(WRONG_ECHOES[fault])) as server:
        link = await opened(server.port)

        with pytest.raises(NoAnswer):
            await link.write(10, [1, 2])

        assert not link.is_open


async def test_a_wrong_value_in_the_echo_of_the_sequence_number_is_no_answer():
    async with scripted_server(answering(lambda request: struct.pack(">BHH", 6, 10, 6))) as server:
        link = await opened(server.port)

        with pytest.raises(NoAnswer):
            await link.write_alone(10, 5)


@pytest.mark.parametrize("code", [1, 2, 3, 4, 5, 6, 10, 11])
async def test_an_exception_answer_is_told_apart_and_keeps_the_link(code):
    async with scripted_server(answering(lambda request: bytes([request.function | 0x80, code]))) as server:
        link = await opened(server.port)

        with pytest.raises(RequestRefused) as refusal:
            await link.write_alone(10, 5)

        assert refusal.value.exception_code == code
        assert link.is_open
        link.close()


async def test_an_answer_in_single_bytes_is_put_together():
    async def reply(request, writer):
        for byte in frame(request.transaction, UNIT, proper_answer(request, (1, 2, 3))):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.002)

    async with scripted_server(reply) as server:
        link = await opened(server.port)

        assert await link.read(10, 3) == (1, 2, 3)
        link.close()


async def test_a_byte_a_second_does_not_stretch_the_deadline():
    async def reply(request, writer):
        for byte in frame(request.transaction, UNIT, proper_answer(request)):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.1)

    async with scripted_server(reply) as server:
        link = await opened(server.port)
        began = asyncio.get_running_loop().time()

        with pytest.raises(NoAnswer):
            await link.read(10, 3)

        assert asyncio.get_running_loop().time() - began < 0.5


async def test_a_late_answer_is_never_taken_for_the_next_one():
    async def reply(request, writer):
        await asyncio.sleep(0.35)
        writer.write(frame(request.transaction, UNIT, proper_answer(request, (111,))))

    async with scripted_server(reply) as server:
        link = await opened(server.port)
        with pytest.raises(NoAnswer):
            await link.read(10, 1)
        await asyncio.sleep(0.2)

        with pytest.raises(NoAnswer):
            await link.read(20, 1)

        assert len(server.seen) == 1


async def test_a_connection_closed_instead_of_an_answer_is_noticed_at_once():
    async def reply(request, writer):
        writer.close()

    async with scripted_server(reply) as server:
        link = Link("127.0.0.1", server.port, UNIT, Timeouts(0.5, 30.0, 1.0))
        await link.open()

        with pytest.raises(NoAnswer, match="closed the connection"):
            async with asyncio.timeout(2):
                await link.read(10, 1)


async def test_a_request_that_was_cancelled_closes_the_link():
    async with scripted_server(silence) as server:
        link = await opened(server.port)
        task = asyncio.create_task(link.read(10, 1))
        await asyncio.sleep(0.05)

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert not link.is_open


async def test_nobody_at_the_address_is_no_answer():
    link = Link("127.0.0.1", 1, UNIT, TIMEOUTS)

    with pytest.raises(NoAnswer, match=r"no connection to 127\.0\.0\.1:1"):
        await link.open()
