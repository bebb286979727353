"""A line of one controller without a network, and faults that strike at a chosen request."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from shopfloor.engine.codec import RegisterType
from shopfloor.engine.controller import Controller, MachineModel
from shopfloor.engine.controller_memory import ControllerMemory
from shopfloor.engine.dialogue import Machine, Pause, Read, Record, Request, Result, Write, WriteAlone
from shopfloor.engine.errors import IllegalAddress, NoAnswer, RequestRefused
from shopfloor.engine.handshake import Destination
from shopfloor.engine.recipe import DURATION_FIELD, FormulaField, Recipe, encode_formula
from shopfloor.engine.register_image import Nameplate
from shopfloor.engine.register_map import DriverProfile
from shopfloor.engine.transfer import TransferState
from shopfloor.formats.driver_profile import find_profile

COMPACT = find_profile("lw-compact")
MODULAR = find_profile("lw-modular")
STATIONS = ("WELD-1", "WELD-2")
NAMEPLATE = Nameplate("frame-line", "FRAME", STATIONS)
WELD_1 = Destination("frame-line", 0, "WELD-1")
MONDAY_SIX = 1_700_000_000_000  # milliseconds of plant time


class PowerLost(Exception):
    """The gateway died here: nothing after this point of the dialogue happens."""


def job(number: int) -> UUID:
    """The job id of the `number`th recipe of a test."""
    return UUID(int=number)


def recipe(number: int = 1, seconds: int = 600, registers: int = 2, profile: DriverProfile = COMPACT) -> Recipe:
    """A recipe of so many registers, its words different for each job."""
    duration = encode_formula([DURATION_FIELD], {"duration_seconds": seconds}, profile.encoding, 500)
    filling = tuple((number * 7919 + index) & 0xFFFF for index in range(registers - 2))
    return Recipe(job(number), duration + filling, profile.map_version)


def field_of(kind: str, name: str = "torque", **limits: object) -> FormulaField:
    """A formula field of a register type."""
    return FormulaField(name, RegisterType.parse(kind), **limits)  # type: ignore[arg-type]


@dataclass
class Line:
    """A controller, the requests it has got, and what happens around the next ones."""

    controller: Controller
    now: int = MONDAY_SIX
    requests: list[Request] = field(default_factory=list)
    recorded: list[TransferState] = field(default_factory=list)
    before: Callable[[Request], None] = lambda request: None
    after: Callable[[Request], None] = lambda request: None

    @classmethod
    def new(
        cls,
        profile: DriverProfile = COMPACT,
        nameplate: Nameplate = NAMEPLATE,
        kind: type[Controller] = Controller,
        machine: MachineModel | None = None,
    ) -> "Line":
        """A line whose controller has just been put into service."""
        return cls(kind(profile, nameplate, boot_id=1, machine=machine))

    @property
    def writes(self) -> list[Request]:
        """The requests that tried to change something."""
        return [request for request in self.requests if isinstance(request, Write | WriteAlone)]

    def run(self, machine: Machine[Result]) -> Result:
        """Drive a machine to its end against the controller."""
        try:
            request = next(machine)
            while True:
                try:
                    answer = self._perform(request)
                except (NoAnswer, RequestRefused) as failure:
                    request = machine.throw(failure)
                else:
                    request = machine.send(answer)
        except StopIteration as end:
            result: Result = end.value
            return result

    def _perform(self, request: Request) -> tuple[int, ...]:
        self.requests.append(request)
        self.before(request)
        answer: tuple[int, ...] = ()
        try:
            match request:
                case Read(address, count):
                    answer = tuple(self.controller.read(address, count))
                case Write(address, words):
                    self.controller.write(address, words, self.now)
                case WriteAlone(address, word):
                    self.controller.write(address, [word], self.now)
                case Record(state):
                    self.recorded.append(state)
                case Pause(seconds):
                    self.now += int(1000 * seconds)
                    self.controller.tick(self.now)
        except IllegalAddress:
            raise RequestRefused(2, getattr(request, "address", 0)) from None
        self.after(request)
        return answer

    def pass_time(self, seconds: int) -> None:
        """Let plant time go on, and the controller with it."""
        self.now += 1000 * seconds
        self.controller.tick(self.now)
        self.controller.tick(self.now)

    def restart(self) -> None:
        """Cut the controller's power and give it back: what was not stored is gone."""
        memory = ControllerMemory.from_bytes(self.controller.memory.to_bytes())
        self.controller = type(self.controller)(
            self.controller.profile, self.controller.nameplate, self.controller.boot_id + 1, memory
        )
