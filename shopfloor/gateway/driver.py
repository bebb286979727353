"""Drives the engine's machines over a link."""

import asyncio
from collections.abc import Awaitable, Callable

from shopfloor.engine.dialogue import Answer, Machine, Pause, Read, Record, Request, Result, Write, WriteAlone
from shopfloor.engine.errors import NoAnswer, RequestRefused
from shopfloor.gateway.link import Link

Recorder = Callable[[Record], Awaitable[bool]]


class ClaimLost(Exception):
    """The step could not be recorded, so nothing may be sent: another gateway holds the transfer now."""


async def _nothing_to_record(record: Record) -> bool:
    raise TypeError("this dialogue has nothing to record")


async def drive(machine: Machine[Result], link: Link, recorder: Recorder = _nothing_to_record) -> Result:
    """The machine's result; NoAnswer and RequestRefused that it does not catch are raised, and so is ClaimLost."""
    try:
        request = next(machine)
        while True:
            try:
                answer = await _perform(request, link, recorder)
            except (NoAnswer, RequestRefused) as failure:
                request = machine.throw(failure)
            else:
                request = machine.send(answer)
    except StopIteration as end:
        result: Result = end.value
        return result
    finally:
        machine.close()


async def _perform(request: Request, link: Link, recorder: Recorder) -> Answer:
    match request:
        case Read(address, count):
            return await link.read(address, count)
        case Write(address, words):
            await link.write(address, words)
        case WriteAlone(address, word):
            await link.write_alone(address, word)
        case Record():
            if not await recorder(request):
                raise ClaimLost
        case Pause(seconds):
            await asyncio.sleep(seconds)
    return ()
