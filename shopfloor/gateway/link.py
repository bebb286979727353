"""One Modbus/TCP connection with its own deadlines, every answer checked, closed for good after any failure."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from pymodbus import ModbusException
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.pdu import ModbusPDU

from shopfloor.engine.errors import NoAnswer, RequestRefused
from shopfloor.engine.register_map import Timeouts

# pymodbus logs whole frames as errors; what matters reaches our own log as a sentence.
logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL + 1)

READ_HOLDING_REGISTERS = 3
WRITE_SINGLE_REGISTER = 6
WRITE_MULTIPLE_REGISTERS = 16
_LIBRARY_TIMEOUT = 60.0  # never reached: the deadlines here are shorter


class Link:
    """A connection that is opened once and closed once.

    After a time-out a late answer could be taken for the answer to the next request, so a link that failed once
    answers nothing any more. It never connects again by itself: a write must not reach whoever now sits at the
    address without having been identified.
    """

    def __init__(self, host: str, port: int, unit_id: int, timeouts: Timeouts) -> None:
        self._address = f"{host}:{port}"
        self._unit_id = unit_id
        self._timeouts = timeouts
        self._deadline: asyncio.Timeout | None = None
        self._lost = False
        self._client = AsyncModbusTcpClient(
            host,
            port=port,
            timeout=_LIBRARY_TIMEOUT,
            retries=0,  # a write without an answer is never repeated
            reconnect_delay=0,
            trace_connect=self._connection_changed,
        )

    async def open(self) -> None:
        """Connect, or raise NoAnswer."""
        try:
            async with asyncio.timeout(self._timeouts.connect):
                connected = await self._client.connect()
        except TimeoutError:
            connected = False
        if not connected:
            self.close()
            raise NoAnswer(f"no connection to {self._address}")

    def close(self) -> None:
        """Close the connection; harmless when it is closed."""
        self._lost = True
        self._client.close()

    @property
    def is_open(self) -> bool:
        """Whether requests can still be sent."""
        return not self._lost and self._client.connected

    async def read(self, address: int, count: int) -> tuple[int, ...]:
        """Read holding registers (function 3)."""
        client, unit = self._client, self._unit_id
        request = partial(client.read_holding_registers, address, count=count, device_id=unit)
        answer = await self._answer(request, READ_HOLDING_REGISTERS, address)
        if len(answer.registers) != count:
            raise self._failed(f"{len(answer.registers)} registers came back where {count} were asked for")
        return tuple(answer.registers)

    async def write(self, address: int, words: Sequence[int]) -> None:
        """Write registers in one request (function 16)."""
        request = partial(self._client.write_registers, address, list(words), device_id=self._unit_id)
        answer = await self._answer(request, WRITE_MULTIPLE_REGISTERS, address)
        if (answer.address, answer.count) != (address, len(words)):
            raise self._failed(f"the answer confirms {answer.count} registers at {answer.address}")

    async def write_alone(self, address: int, word: int) -> None:
        """Write one register (function 6)."""
        request = partial(self._client.write_register, address, word, device_id=self._unit_id)
        answer = await self._answer(request, WRITE_SINGLE_REGISTER, address)
        if (answer.address, list(answer.registers)) != (address, [word]):
            raise self._failed(f"the answer confirms {answer.registers} at {answer.address}")

    async def _answer(self, request: Callable[[], Awaitable[ModbusPDU]], function: int, address: int) -> ModbusPDU:
        """Send a request and return its checked answer; the library checks neither function nor content.

        pymodbus would connect again when the connection is gone. Between the check here and its send lies no
        point where another task could run.
        """
        if not self.is_open:
            raise NoAnswer(f"the connection to {self._address} is closed")
        try:
            async with asyncio.timeout(self._timeouts.answer) as self._deadline:
                answer = await request()
        except TimeoutError as error:
            reason = "closed the connection" if self._lost else f"gave no answer within {self._timeouts.answer:g} s"
            raise self._failed(reason) from error
        except ModbusException as error:
            raise self._failed(f"gave an answer that cannot be read ({error})") from error
        except asyncio.CancelledError:
            self.close()  # the answer may still come, and must not be taken for another one
            raise
        finally:
            self._deadline = None
        if answer.transaction_id != self._client.ctx.request_transaction_id or answer.dev_id != self._unit_id:
            raise self._failed("answered for another transaction or unit")
        if answer.isError():
            raise RequestRefused(answer.exception_code, address)
        if answer.function_code != function:
            raise self._failed(f"answered function {answer.function_code} to function {function}")
        return answer

    def _failed(self, reason: str) -> NoAnswer:
        self.close()
        return NoAnswer(f"{self._address} {reason}")

    def _connection_changed(self, connected: bool) -> None:
        """Called by the library; a pending request is given up as soon as its connection is gone."""
        if not connected:
            self._lost = True
            if self._deadline is not None and not self._deadline.expired():
                self._deadline.reschedule(asyncio.get_running_loop().time())
