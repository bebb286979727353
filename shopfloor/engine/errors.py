"""What can go wrong on the way of a recipe to a controller; each error carries its data."""

from dataclasses import dataclass


class LineError(Exception):
    """Base of all errors of the shop floor's engine."""


@dataclass(eq=False)
class ProfileInvalid(LineError):
    """A driver profile cannot be used; `key` is the dotted name of the faulty entry in `source`."""

    source: str
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.source}: {self.key}: {self.reason}"


@dataclass(eq=False)
class ValueRefused(LineError):
    """A value cannot be written into its register or leaves its engineering limits."""

    name: str
    value: object
    reason: str

    def __str__(self) -> str:
        return f"{self.name} = {self.value!r} {self.reason}"


@dataclass(eq=False)
class RecipeTooLong(LineError):
    """A recipe has no word, or more words than the controller's staging block holds."""

    words: int
    limit: int

    def __str__(self) -> str:
        return f"a recipe of {self.words} registers does not fit the controller, which takes 1 to {self.limit}"


@dataclass(eq=False)
class NoAnswer(LineError):
    """The controller gave no usable answer: what it did with the request is not known."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class RequestRefused(LineError):
    """The controller answered a request with a Modbus exception."""

    exception_code: int
    address: int

    def __str__(self) -> str:
        return f"the controller answered {exception_name(self.exception_code)} at register {self.address}"


@dataclass(eq=False)
class RingInconsistent(LineError):
    """The event ring contradicts itself; nothing was consumed from it."""

    reason: str

    def __str__(self) -> str:
        return f"event ring: {self.reason}"


@dataclass(eq=False)
class IllegalAddress(LineError):
    """Registers were addressed that do not exist or may not be written: Modbus exception 2."""

    address: int
    count: int

    def __str__(self) -> str:
        return f"no access to {self.count} registers at {self.address}"


@dataclass(eq=False)
class IllegalValue(LineError):
    """A register was given a value it cannot take: Modbus exception 3."""

    address: int

    def __str__(self) -> str:
        return f"register {self.address} does not take this value"


# Modbus Application Protocol 1.1b3, section 7.
_EXCEPTION_NAMES = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledge (still working)",
    6: "device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target failed to respond",
}


def exception_name(code: int) -> str:
    """The name the Modbus specification gives an exception code."""
    return f"{_EXCEPTION_NAMES.get(code, 'an unknown exception')} ({code})"
