"""A Modbus/TCP server written by hand that misbehaves as it is told; counts every request on the wire."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

Reply = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    """One request as it came over the wire."""

    transaction: int
    unit: int
    pdu: bytes

    @property
    def function(self) -> int:
        """The function code."""
        return self.pdu[0]


def frame(transaction: int, unit: int, pdu: bytes) -> bytes:
    """A Modbus/TCP frame."""
    return struct.pack(">HHHB", transaction, 0, len(pdu) + 1, unit) + pdu


def proper_answer(request: Request, words: tuple[int, ...] = ()) -> bytes:
    """What a faultless server with zeros in all registers would say."""
    if request.function == 3:
        count = struct.unpack(">H", request.pdu[3:5])[0]
        values = words or (0,) * count
        return bytes([3, 2 * len(values)]) + struct.pack(f">{len(values)}H", *values)
    return request.pdu[:5]


@dataclass
class ScriptedServer:
    """Serves on loopback; `seen` holds all requests of all connections."""

    reply: Reply
    port: int = 0
    seen: list[Request] = field(default_factory=list)
    connections: int = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                transaction, _, length, unit = struct.unpack(">HHHB", await reader.readexactly(7))
                request = Request(transaction, unit, await reader.readexactly(length - 1))
                self.seen.append(request)
                await self.reply(request, writer)
                await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def scripted_server(reply: Reply) -> AsyncIterator[ScriptedServer]:
    """A server that answers with `reply`, as long as the block runs."""
    scripted = ScriptedServer(reply)
    server = await asyncio.start_server(scripted._serve, "127.0.0.1", 0)
    scripted.port = server.sockets[0].getsockname()[1]
    try:
        yield scripted
    finally:
        server.close()
