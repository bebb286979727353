"""Driver profiles in TOML, read into the engine's register map."""

import itertools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shopfloor.engine.codec import Encoding, Kind, RegisterType, TextOrder, WordOrder
from shopfloor.engine.errors import ProfileInvalid
from shopfloor.engine.register_map import (
    ADDRESS_SPACE,
    COMMAND_FIELDS,
    CONSUMED_FIELDS,
    DATA_FIELDS,
    IDENTITY_FIELDS,
    MOST_CHANNELS,
    OVERVIEW_FIELDS,
    PROTOCOL_LARGEST_READ,
    PROTOCOL_LARGEST_WRITE,
    SLOT_FIELDS,
    STATUS_FIELDS,
    Area,
    Block,
    ChannelMap,
    DriverProfile,
    Field,
    Requests,
    RingMap,
    Timeouts,
    check_map,
)

FORMAT = "linewright-profile/1"
SHIPPED = Path(__file__).resolve().parent.parent / "profiles"


def shipped_profiles() -> dict[str, Path]:
    """The profiles that come with the product: code -> file."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}


def find_profile(code_or_path: str) -> DriverProfile:
    """The shipped profile of that code, or the one in the file of that name."""
    shipped = shipped_profiles()
    return read_profile(shipped.get(code_or_path, Path(code_or_path)))


def read_profile(path: Path) -> DriverProfile:
    """The profile in a TOML file; ProfileInvalid names the file, the key and the reason."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ProfileInvalid(str(path), "file", error.strerror or "cannot be read") from error
    except UnicodeDecodeError as error:
        raise ProfileInvalid(str(path), "file", f"byte {error.start} is not UTF-8") from error
    return parse_profile(text, str(path))


def parse_profile(text: str, source: str = "profile") -> DriverProfile:
    """The profile in a TOML text; ProfileInvalid names `source`, the key and the reason."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileInvalid(source, "TOML", str(error)) from error
    return _profile(_Table(document, source))


class _Table:
    """One TOML table that knows its place, so that every complaint does."""

    def __init__(self, entries: Mapping[str, Any], source: str, path: str = "") -> None:
        self._entries = entries
        self._source = source
        self._path = path

    def refuse(self, key: str, reason: str) -> ProfileInvalid:
        return ProfileInvalid(self._source, f"{self._path}{key}", reason)

    def only(self, *keys: str) -> None:
        for key in self._entries:
            if key not in keys:
                raise self.refuse(key, f"is not known here; known are {', '.join(keys)}")

    def keys(self) -> frozenset[str]:
        return frozenset(self._entries)

    def _entry(self, key: str) -> Any:
        if key not in self._entries:
            raise self.refuse(key, "is missing")
        return self._entries[key]

    def table(self, key: str) -> "_Table":
        entry = self._entry(key)
        if not isinstance(entry, dict):
            raise self.refuse(key, "must be a table")
        return _Table(entry, self._source, f"{self._path}{key}.")

    def text(self, key: str) -> str:
        entry = self._entry(key)
        if not isinstance(entry, str) or not entry.strip():
            raise self.refuse(key, "must be a text")
        return entry

    def one_of(self, key: str, values: type[WordOrder] | type[TextOrder]) -> str:
        entry = self.text(key)
        known = [value.value for value in values]
        if entry not in known:
            raise self.refuse(key, f"must be one of {', '.join(known)}, not {entry!r}")
        return entry

    def integer(self, key: str, low: int, high: int) -> int:
        entry = self._entry(key)
        if type(entry) is not int or not low <= entry <= high:
            raise self.refuse(key, f"must be a whole number from {low} to {high}, not {entry!r}")
        return entry

    def seconds(self, key: str) -> float:
        entry = self._entry(key)
        if isinstance(entry, bool) or not isinstance(entry, int | float) or not 0 < entry <= 60:
            raise self.refuse(key, f"must be a number of seconds above 0 and up to 60, not {entry!r}")
        return float(entry)


def _profile(root: _Table) -> DriverProfile:
    root.only(
        "format", "code", "name", "map_version", "address_base", "encoding", "requests", "timeouts", "limits",
        "identity", "overview", "consumed", "ring", "channels",
    )  # fmt: skip
    if root.text("format") != FORMAT:
        raise root.refuse("format", f"must be {FORMAT!r}")
    base = root.integer("address_base", 0, 1)
    encoding, requests, timeouts = root.table("encoding"), root.table("requests"), root.table("timeouts")
    limits, ring, channels = root.table("limits"), root.table("ring"), root.table("channels")
    encoding.only("words", "text")
    requests.only("largest_read", "largest_write")
    timeouts.only("connect", "answer", "acknowledgement")
    limits.only("longest_run_seconds")
    ring.only("address", "fields", "slots")
    channels.only("count", "stride", "command", "sequence", "status", "data", "staging", "active")
    profile = DriverProfile(
        code=root.text("code"),
        name=root.text("name"),
        map_version=root.integer("map_version", 1, 0xFFFF),
        address_base=base,
        encoding=Encoding(
            WordOrder(encoding.one_of("words", WordOrder)),
            TextOrder(encoding.one_of("text", TextOrder)),
        ),
        requests=Requests(
            requests.integer("largest_read", 1, PROTOCOL_LARGEST_READ),
            requests.integer("largest_write", 1, PROTOCOL_LARGEST_WRITE),
        ),
        timeouts=Timeouts(*(timeouts.seconds(key) for key in ("connect", "answer", "acknowledgement"))),
        longest_run_seconds=limits.integer("longest_run_seconds", 1, 0xFFFFFFFF),
        identity=_block(root.table("identity"), base, IDENTITY_FIELDS),
        overview=_block(root.table("overview"), base, OVERVIEW_FIELDS),
        consumed=_block(root.table("consumed"), base, CONSUMED_FIELDS),
        ring=RingMap(_block(ring, base, SLOT_FIELDS, "slots"), ring.integer("slots", 4, 4096)),
        channels=channels.integer("count", 1, MOST_CHANNELS),
        stride=channels.integer("stride", 1, ADDRESS_SPACE),
        first_channel=_channel(channels, base),
    )
    check_map(profile, root._source)
    return profile


def _channel(channels: _Table, base: int) -> ChannelMap:
    sequence = channels.table("sequence")
    sequence.only("address")
    staging = _area(channels.table("staging"), base)
    active = _area(channels.table("active"), base)
    if active.size != staging.size:
        raise channels.refuse("active.registers", "must be as many as the staging block has")
    return ChannelMap(
        command=_block(channels.table("command"), base, COMMAND_FIELDS),
        sequence=sequence.integer("address", base, ADDRESS_SPACE - 1 + base) - base,
        status=_block(channels.table("status"), base, STATUS_FIELDS),
        data=_block(channels.table("data"), base, DATA_FIELDS),
        staging=staging,
        active=active,
    )


def _area(table: _Table, base: int) -> Area:
    table.only("address", "registers")
    return Area(table.integer("address", base, ADDRESS_SPACE - 1 + base) - base, table.integer("registers", 2, 10_000))


def _block(table: _Table, base: int, expected: Mapping[str, Kind], *also: str) -> Block:
    table.only("address", "fields", *also)
    written = table.table("fields")
    written.only(*expected)
    fields = {name: _field(written.table(name), kind) for name, kind in expected.items()}
    placed = sorted(fields.items(), key=lambda named: named[1].offset)
    for (name, field), (next_name, next_field) in itertools.pairwise(placed):
        if field.end > next_field.offset:
            raise written.refuse(next_name, f"overlaps {name} at offset {next_field.offset}")
    return Block(table.integer("address", base, ADDRESS_SPACE - 1 + base) - base, fields)


def _field(table: _Table, kind: Kind) -> Field:
    table.only("at", "type")
    try:
        found = RegisterType.parse(table.text("type"))
    except ValueError as error:
        raise table.refuse("type", str(error)) from error
    if found.kind is not kind:
        raise table.refuse("type", f"must be {kind.value}{':N' if kind is Kind.TEXT else ''}, not {found}")
    return Field(table.integer("at", 0, ADDRESS_SPACE - 1), found)
