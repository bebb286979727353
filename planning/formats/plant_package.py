"""Reader and writer of the plant package: a factory's lines, stations, calendars, changeovers, routings and stock.

A package is read whole or not at all; every fault is told with its line. docs/reference/plant_package.md describes it.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from foundation.documents import DocumentError, Fault, NodeReader, compose, line_of, read_text, repeated

FORMAT = "linewright-plant/1"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KINDS = ("cell", "batch", "takt")
MINUTES_LIMIT = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class ShiftEntry:
    """Regular work on some weekdays, Monday is 0."""

    weekdays: tuple[int, ...]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class ExtraEntry:
    """Work on one day besides the regular shifts."""

    day: date
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """When stations work."""

    code: str
    name: str
    shifts: tuple[ShiftEntry, ...]
    closed: tuple[date, ...] = ()
    extra: tuple[ExtraEntry, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class LineEntry:
    """Stations that belong together."""

    code: str
    name: str
    kind: str = "cell"
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class StationEntry:
    """A place that does one operation at a time."""

    code: str
    name: str
    line_code: str
    calendar: str
    capabilities: tuple[str, ...]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ChangeoverEntry:
    """Minutes between families on some stations."""

    code: str
    attribute: str
    stations: tuple[str, ...]
    default_minutes: int = 0
    minutes: tuple[tuple[str, str, int], ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class StepEntry:
    """One step of a routing; duration and family are formulas."""

    number: int
    name: str
    capability: str
    seconds: str
    family: str = ""
    recipe: str = ""
    after: tuple[int, ...] = ()
    pausable: bool = False
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class RoutingEntry:
    """How one item is made."""

    item: str
    steps: tuple[StepEntry, ...]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class StockEntry:
    """What lies in store."""

    item: str
    quantity: int
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class SupplyEntry:
    """A confirmed delivery."""

    item: str
    quantity: int
    due: datetime
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class PlantPackage:
    """All that the file says."""

    code: str
    name: str
    time_zone: str
    calendars: tuple[CalendarEntry, ...] = ()
    lines: tuple[LineEntry, ...] = ()
    stations: tuple[StationEntry, ...] = ()
    changeovers: tuple[ChangeoverEntry, ...] = ()
    routings: tuple[RoutingEntry, ...] = ()
    stock: tuple[StockEntry, ...] = ()
    supply: tuple[SupplyEntry, ...] = ()


def read_plant_package(path: Path) -> PlantPackage:
    """The package in the file at `path`; raises `DocumentError`."""
    return parse_plant_package(read_text(path), str(path))


def parse_plant_package(text: str, source: str = "plant package") -> PlantPackage:
    """The package in `text`; raises `DocumentError` naming every fault that was found."""
    reader = _Reader()
    package = reader.package(compose(text, source))
    if not reader.faults:
        reader.check(package)
    if reader.faults:
        raise DocumentError(source, reader.faults)
    return package


class _Reader(NodeReader):
    longest = {
        "code": 40,
        "name": 120,
        "attribute": 60,
        "capability": 60,
        "an entry of capabilities": 60,
        "from": 80,
        "to": 80,
        "item": 200,
        "recipe": 60,
    }

    def package(self, root: yaml.Node) -> PlantPackage:
        fields = self.mapping(
            root,
            "the package",
            required=("format", "plant", "calendars", "lines", "stations"),
            optional=("changeovers", "routings", "stock", "supply"),
        )
        if "format" in fields and self.text(fields["format"], "format") != FORMAT:
            self.fault(fields["format"], f"This reader knows the format {FORMAT} only.")
        plant = self.mapping(fields.get("plant"), "the plant", required=("code", "name", "time_zone"))
        return PlantPackage(
            code=self.text(plant.get("code"), "code"),
            name=self.text(plant.get("name"), "name"),
            time_zone=self.time_zone(plant.get("time_zone")),
            calendars=tuple(self.calendar(node) for node in self.items(fields.get("calendars"), "calendars")),
            lines=tuple(self.line(node) for node in self.items(fields.get("lines"), "lines")),
            stations=tuple(self.station(node) for node in self.items(fields.get("stations"), "stations")),
            changeovers=tuple(self.changeover(node) for node in self.items(fields.get("changeovers"), "changeovers")),
            routings=tuple(self.routing(node) for node in self.items(fields.get("routings"), "routings")),
            stock=tuple(self.stock(node) for node in self.items(fields.get("stock"), "stock")),
            supply=tuple(self.supply(node) for node in self.items(fields.get("supply"), "supply")),
        )

    def time_zone(self, node: yaml.Node | None) -> str:
        name = self.text(node, "time_zone")
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            if node is not None:
                self.fault(node, f"{name!r} is no time zone; write an IANA name such as Europe/Berlin.")
            return "UTC"
        return name

    def calendar(self, node: yaml.Node) -> CalendarEntry:
        fields = self.mapping(node, "a calendar", required=("code", "name", "shifts"), optional=("closed", "extra"))
        return CalendarEntry(
            code=self.text(fields.get("code"), "code"),
            name=self.text(fields.get("name"), "name"),
            shifts=tuple(self.shift(item) for item in self.items(fields.get("shifts"), "shifts")),
            closed=tuple(self.day(item) for item in self.items(fields.get("closed"), "closed")),
            extra=tuple(self.extra_shift(item) for item in self.items(fields.get("extra"), "extra")),
            line=line_of(node),
        )

    def shift(self, node: yaml.Node) -> ShiftEntry:
        fields = self.mapping(node, "a shift", required=("days", "start", "end"))
        weekdays = []
        for item in self.items(fields.get("days"), "days"):
            name = self.text(item, "a day").lower()[:3]
            if name in DAYS:
                weekdays.append(DAYS.index(name))
            else:
                self.fault(item, f"{item.value!r} is no weekday; write {', '.join(DAYS)}.")
        return ShiftEntry(tuple(weekdays), self.clock(fields.get("start")), self.clock(fields.get("end")))

    def extra_shift(self, node: yaml.Node) -> ExtraEntry:
        fields = self.mapping(node, "an extra shift", required=("day", "start", "end"))
        return ExtraEntry(self.day(fields.get("day")), self.clock(fields.get("start")), self.clock(fields.get("end")))

    def clock(self, node: yaml.Node | None) -> time:
        text = self.text(node, "a time of day")
        try:
            moment = time.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is not None or moment.microsecond:
            if node is not None:
                self.fault(node, f'{text!r} is no time of day; write it in quotes, such as "06:00".')
            return time()
        return moment

    def day(self, node: yaml.Node | None) -> date:
        text = self.text(node, "a day")
        try:
            return date.fromisoformat(text)
        except ValueError:
            if node is not None:
                self.fault(node, f"{text!r} is no day; write it as 2027-05-17.")
            return date(2000, 1, 1)

    def line(self, node: yaml.Node) -> LineEntry:
        fields = self.mapping(node, "a line", required=("code", "name"), optional=("kind",))
        kind = self.text(fields["kind"], "kind") if "kind" in fields else "cell"
        if kind not in KINDS:
            self.fault(fields["kind"], f"{kind!r} is no kind of line; there are {', '.join(KINDS)}.")
        return LineEntry(
            self.text(fields.get("code"), "code"), self.text(fields.get("name"), "name"), kind, line_of(node)
        )

    def station(self, node: yaml.Node) -> StationEntry:
        fields = self.mapping(node, "a station", required=("code", "name", "line", "calendar", "capabilities"))
        return StationEntry(
            code=self.text(fields.get("code"), "code"),
            name=self.text(fields.get("name"), "name"),
            line_code=self.text(fields.get("line"), "line"),
            calendar=self.text(fields.get("calendar"), "calendar"),
            capabilities=self.texts(fields.get("capabilities"), "capabilities"),
            line=line_of(node),
        )

    def changeover(self, node: yaml.Node) -> ChangeoverEntry:
        fields = self.mapping(
            node,
            "a changeover table",
            required=("code", "attribute", "stations"),
            optional=("default_minutes", "minutes"),
        )
        rows = []
        for item in self.items(fields.get("minutes"), "minutes"):
            row = self.mapping(item, "a changeover", required=("from", "to", "minutes"))
            minutes = self.whole(row.get("minutes"), "minutes", 0, MINUTES_LIMIT)
            rows.append((self.text(row.get("from"), "from"), self.text(row.get("to"), "to"), minutes))
        return ChangeoverEntry(
            code=self.text(fields.get("code"), "code"),
            attribute=self.text(fields.get("attribute"), "attribute"),
            stations=self.texts(fields.get("stations"), "stations"),
            default_minutes=self.whole(fields.get("default_minutes"), "default_minutes", 0, MINUTES_LIMIT),
            minutes=tuple(rows),
            line=line_of(node),
        )

    def routing(self, node: yaml.Node) -> RoutingEntry:
        fields = self.mapping(node, "a routing", required=("item", "operations"))
        steps = tuple(self.step(item) for item in self.items(fields.get("operations"), "operations"))
        if not steps and "operations" in fields:
            self.fault(fields["operations"], "A routing needs at least one operation.")
        return RoutingEntry(self.text(fields.get("item"), "item"), steps, line_of(node))

    def step(self, node: yaml.Node) -> StepEntry:
        fields = self.mapping(
            node,
            "an operation",
            required=("number", "name", "capability", "seconds"),
            optional=("family", "recipe", "after", "pausable"),
        )
        return StepEntry(
            number=self.whole(fields.get("number"), "number", 0, 1_000_000),
            name=self.text(fields.get("name"), "name"),
            capability=self.text(fields.get("capability"), "capability"),
            seconds=self.text(fields.get("seconds"), "seconds"),
            family=self.text(fields["family"], "family", empty=True) if "family" in fields else "",
            recipe=self.text(fields["recipe"], "recipe", empty=True) if "recipe" in fields else "",
            after=tuple(self.whole(item, "after", 0, 1_000_000) for item in self.items(fields.get("after"), "after")),
            pausable=self.flag(fields["pausable"], "pausable") if "pausable" in fields else False,
            line=line_of(node),
        )

    def stock(self, node: yaml.Node) -> StockEntry:
        fields = self.mapping(node, "a stock entry", required=("item", "quantity"))
        quantity = self.whole(fields.get("quantity"), "quantity", 0, 10**12)
        return StockEntry(self.text(fields.get("item"), "item"), quantity, line_of(node))

    def supply(self, node: yaml.Node) -> SupplyEntry:
        fields = self.mapping(node, "a supply", required=("item", "quantity", "due"))
        quantity = self.whole(fields.get("quantity"), "quantity", 1, 10**12)
        return SupplyEntry(
            self.text(fields.get("item"), "item"), quantity, self.moment(fields.get("due")), line_of(node)
        )

    def moment(self, node: yaml.Node | None) -> datetime:
        text = self.text(node, "due")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            if node is not None:
                self.fault(node, f"{text!r} is no moment with a time zone; write it as 2027-05-12T08:00:00+02:00.")
            return datetime.fromtimestamp(0, UTC)
        return moment

    def check(self, package: PlantPackage) -> None:
        """Codes name one thing each, and what is named exists."""
        named = {
            "calendar": [(entry.line, entry.code) for entry in package.calendars],
            "line": [(entry.line, entry.code) for entry in package.lines],
            "station": [(entry.line, entry.code) for entry in package.stations],
            "changeover table": [(entry.line, entry.code) for entry in package.changeovers],
            "routing of": [(entry.line, entry.item) for entry in package.routings],
            "stock of": [(entry.line, entry.item) for entry in package.stock],
        }
        for what, keys in named.items():
            for line, key in repeated(keys):
                self._add(line, f"The {what} {key} is described twice.")
        lines = {entry.code for entry in package.lines}
        calendars = {entry.code for entry in package.calendars}
        stations = {entry.code for entry in package.stations}
        for entry in package.stations:
            if entry.line_code not in lines:
                self._add(
                    entry.line, f"The station {entry.code} is on a line {entry.line_code}, which is not described."
                )
            if entry.calendar not in calendars:
                self._add(entry.line, f"The station {entry.code} works by {entry.calendar}, which is no calendar.")
        tables: dict[str, str] = {}
        for table in package.changeovers:
            for station in table.stations:
                if station not in stations:
                    self._add(table.line, f"The changeover table {table.code} names {station}, which is no station.")
                elif station in tables:
                    self._add(table.line, f"The station {station} has two changeover tables, {tables[station]} too.")
                tables.setdefault(station, table.code)
        for routing in package.routings:
            numbers = {step.number for step in routing.steps}
            for line, number in repeated((step.line, str(step.number)) for step in routing.steps):
                self._add(line, f"The routing of {routing.item} has two operations numbered {number}.")
            for step in routing.steps:
                for before in step.after:
                    if before not in numbers:
                        self._add(step.line, f"Operation {step.number} comes after {before}, which is not there.")

    def _add(self, line: int, reason: str) -> None:
        self.faults.append(Fault(line, reason))


def write_plant_package(package: PlantPackage) -> str:
    """The package as YAML text; reading it gives the same package again."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "plant": {"code": package.code, "name": package.name, "time_zone": package.time_zone},
        "calendars": [
            {
                "code": entry.code,
                "name": entry.name,
                "shifts": [
                    {
                        "days": [DAYS[day] for day in shift.weekdays],
                        "start": _clock(shift.start),
                        "end": _clock(shift.end),
                    }
                    for shift in entry.shifts
                ],
                "closed": [day.isoformat() for day in entry.closed],
                "extra": [
                    {
                        "day": extra.day.isoformat(),
                        "start": _clock(extra.start),
                        "end": _clock(extra.end),
                    }
                    for extra in entry.extra
                ],
            }
            for entry in package.calendars
        ],
        "lines": [{"code": entry.code, "name": entry.name, "kind": entry.kind} for entry in package.lines],
        "stations": [
            {
                "code": entry.code,
                "name": entry.name,
                "line": entry.line_code,
                "calendar": entry.calendar,
                "capabilities": list(entry.capabilities),
            }
            for entry in package.stations
        ],
        "changeovers": [
            {
                "code": entry.code,
                "attribute": entry.attribute,
                "stations": list(entry.stations),
                "default_minutes": entry.default_minutes,
                "minutes": [{"from": a, "to": b, "minutes": minutes} for a, b, minutes in entry.minutes],
            }
            for entry in package.changeovers
        ],
        "routings": [
            {"item": entry.item, "operations": [_step_document(step) for step in entry.steps]}
            for entry in package.routings
        ],
        "stock": [{"item": entry.item, "quantity": entry.quantity} for entry in package.stock],
        "supply": [
            {"item": entry.item, "quantity": entry.quantity, "due": entry.due.isoformat()} for entry in package.supply
        ],
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)


def _clock(moment: time) -> str:
    return moment.isoformat("seconds" if moment.second else "minutes")


def _step_document(step: StepEntry) -> dict[str, Any]:
    return {
        "number": step.number,
        "name": step.name,
        "capability": step.capability,
        "seconds": step.seconds,
        "family": step.family,
        "recipe": step.recipe,
        "after": list(step.after),
        "pausable": step.pausable,
    }
