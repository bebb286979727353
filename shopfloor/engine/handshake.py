"""The download of a recipe as a machine without a line: what is asked in which order, and what the answers mean.

Order: identity, permit, stage, read back, header with checksum, durable record, sequence number alone,
acknowledgement. Nothing is written before the controller has proven who it is. Until the sequence number goes
out the recipe cannot run; from then on only the controller's registers say whether it was taken.
"""

from dataclasses import dataclass
from typing import TypeAlias

from shopfloor.engine.acknowledgement import AckCode, ack_sentence
from shopfloor.engine.dialogue import Machine, Pause, Record, Write, WriteAlone, read_area, write_area
from shopfloor.engine.errors import NoAnswer, RecipeTooLong, RequestRefused
from shopfloor.engine.packml import PackMLState, state_name
from shopfloor.engine.reading import ChannelReading, WrongController, identify, read_channel
from shopfloor.engine.recipe import Recipe
from shopfloor.engine.register_map import Area, DriverProfile
from shopfloor.engine.transfer import TransferState, is_newer, sequence_word

LOAD = 1  # the command register: take the staged recipe
NO_COMMAND = 0
FIRST_PAUSE = 0.002
LONGEST_PAUSE = 0.1


@dataclass(frozen=True)
class Destination:
    """The station a recipe is for: a channel of a controller, both by name."""

    controller: str
    channel: int
    station: str


@dataclass(frozen=True)
class Acknowledged:
    """The controller has taken exactly this recipe."""

    reading: ChannelReading


@dataclass(frozen=True)
class Refused:
    """The controller has looked at the recipe and taken nothing."""

    code: int
    reading: ChannelReading

    def __str__(self) -> str:
        return ack_sentence(self.code)


@dataclass(frozen=True)
class NotPermitted:
    """The station cannot take a recipe now; nothing was written, it may be tried again."""

    reason: str
    reading: ChannelReading

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True)
class Mismatch:
    """What was read back differs from what was written; nothing was committed, it may be tried again."""

    address: int
    written: int
    read: int

    def __str__(self) -> str:
        return f"register {self.address} read back {self.read} after {self.written} was written"


@dataclass(frozen=True)
class NotCommitted:
    """The controller has not taken the recipe and cannot take it late any more."""

    reading: ChannelReading


@dataclass(frozen=True)
class Unknown:
    """The recipe may or may not have been taken."""

    reason: str
    reading: ChannelReading | None = None

    def __str__(self) -> str:
        return self.reason


Outcome: TypeAlias = Acknowledged | Refused | NotPermitted | WrongController | Mismatch | NotCommitted | Unknown


def download(profile: DriverProfile, to: Destination, recipe: Recipe, sequence: int) -> Machine[Outcome]:
    """Bring a recipe to a station under the endless number `sequence`.

    NoAnswer and RequestRefused leave this machine only before the commit, when nothing can run; after it they
    become the outcome Unknown. A recipe the controller already holds as active is Acknowledged without a write.
    """
    if not 0 < len(recipe.words) <= profile.recipe_registers:
        raise RecipeTooLong(len(recipe.words), profile.recipe_registers)
    word = sequence_word(sequence)
    before = yield from _station_meant(profile, to)
    if isinstance(before, WrongController):
        return before
    if _holds(before, recipe):
        return Acknowledged(before)
    obstacle = _obstacle(before, word)
    if obstacle:
        return NotPermitted(obstacle, before)

    channel = profile.channel(to.channel)
    yield from write_area(profile, channel.staging.address, recipe.words)
    back = yield from read_area(profile, Area(channel.staging.address, len(recipe.words)))
    for offset, (written, read) in enumerate(zip(recipe.words, back, strict=True)):
        if written != read:
            return Mismatch(channel.staging.address + offset, written, read)
    yield Write(channel.command.address, _header(profile, to.channel, recipe))

    yield Record(TransferState.COMMITTED, {"before": before.as_record(), "sequence_word": word})
    try:
        yield WriteAlone(channel.sequence, word)
        return (yield from _acknowledgement(profile, to, recipe, word))
    except (NoAnswer, RequestRefused) as failure:
        return Unknown(f"No acknowledgement after the commit: {failure}.")


def resolve(profile: DriverProfile, to: Destination, recipe: Recipe, sequence: int) -> Machine[Outcome]:
    """Find out from the controller what became of a recipe that was committed under `sequence`.

    When the number was not seen yet, the write that carried it may still be under way: the header is wiped, so
    that it would be refused on arrival, and only a second reading after that decides NotCommitted.
    """
    word = sequence_word(sequence)
    reading = yield from _station_meant(profile, to)
    if isinstance(reading, WrongController):
        return reading
    verdict = _verdict(reading, recipe, word)
    if not isinstance(verdict, NotCommitted):
        return verdict
    command = profile.channel(to.channel).command
    yield Write(command.address, (NO_COMMAND,) * command.size)
    return _verdict((yield from read_channel(profile, to.channel)), recipe, word)


def _station_meant(profile: DriverProfile, to: Destination) -> Machine[ChannelReading | WrongController]:
    """The status of the station that is meant, or what shows that this is not the station."""
    identity = yield from identify(profile, to.controller)
    if isinstance(identity, WrongController):
        return identity
    if identity.channels <= to.channel:
        return WrongController("channels", f"more than {to.channel}", identity.channels)
    reading = yield from read_channel(profile, to.channel)
    if reading.station != to.station:
        return WrongController("station", to.station, reading.station)
    return reading


def _holds(reading: ChannelReading, recipe: Recipe) -> bool:
    """Whether the station's active recipe is this very one."""
    return reading.active_job == recipe.job_id and reading.active_crc == recipe.crc


def _obstacle(reading: ChannelReading, word: int) -> str:
    if reading.locked:
        return "The station is locked at its panel."
    if reading.state != PackMLState.IDLE:
        return f"The station is in {state_name(reading.state)}, not IDLE."
    if not is_newer(word, reading.last_sequence):
        return f"The controller has already seen sequence number {reading.last_sequence}; {word} would be too old."
    return ""


def _header(profile: DriverProfile, channel: int, recipe: Recipe) -> tuple[int, ...]:
    return profile.channel(channel).command.encode(
        {
            "command": LOAD,
            "map_version": recipe.map_version,
            "length": len(recipe.words),
            "crc": recipe.crc,
            "job": recipe.job_id,
        },
        profile.encoding,
    )


def _acknowledgement(profile: DriverProfile, to: Destination, recipe: Recipe, word: int) -> Machine[Outcome]:
    """Read the status until the controller has answered this sequence number, or the time for it is over."""
    waited, pause = 0.0, FIRST_PAUSE
    while True:
        reading = yield from read_channel(profile, to.channel)
        verdict = _verdict(reading, recipe, word)
        if not isinstance(verdict, NotCommitted):
            return verdict
        if waited >= profile.timeouts.acknowledgement:
            return Unknown(f"No acknowledgement within {profile.timeouts.acknowledgement:g} s.", reading)
        yield Pause(pause)
        waited += pause
        pause = min(2 * pause, LONGEST_PAUSE)


def _verdict(reading: ChannelReading, recipe: Recipe, word: int) -> Outcome:
    """What one reading says of the recipe under `word`; NotCommitted as long as the number was not seen."""
    if _holds(reading, recipe):
        return Acknowledged(reading)
    if reading.ack_sequence == word:
        if reading.ack_code not in (AckCode.ACCEPTED, AckCode.NONE):
            return Refused(reading.ack_code, reading)
        if reading.ack_job == recipe.job_id and reading.ack_crc == recipe.crc:
            return Acknowledged(reading)
        return Unknown("The controller acknowledged another recipe under this number.", reading)
    if reading.last_sequence == 0 and word != 1:
        return Unknown("The controller has lost its memory of earlier recipes.", reading)
    if is_newer(word, reading.last_sequence):
        return NotCommitted(reading)
    return Unknown("The controller has gone on to later recipes.", reading)
