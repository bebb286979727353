"""Bringing a plant in and out as one document."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import transaction

from configurator.api import RuleSyntaxError
from foundation.api import User, audit_record
from foundation.documents import DocumentError, Fault
from planning.formats.plant_package import (
    CalendarEntry,
    ChangeoverEntry,
    ExtraEntry,
    LineEntry,
    PlantPackage,
    RoutingEntry,
    ShiftEntry,
    StationEntry,
    StepEntry,
    StockEntry,
    SupplyEntry,
    parse_plant_package,
    read_plant_package,
    write_plant_package,
)
from planning.loading import live_plan, parsed
from planning.models import (
    Calendar,
    CalendarException,
    ChangeoverTable,
    Line,
    Plant,
    Routing,
    RoutingOperation,
    Shift,
    Station,
    Stock,
    Supply,
)
from planning.services.capacity import ledger_touch


def plant_package_import(*, source: Path | str, actor: User | None, now: datetime) -> Plant:
    """Make the plant as the package at a path (or in a text) says, whole or not at all; raises `DocumentError`.

    Stations that the package no longer names are retired, not deleted: plans and actual times refer to them. Stock
    and supply become as the package says.
    """
    name = str(source) if isinstance(source, Path) else "plant package"
    package = read_plant_package(source) if isinstance(source, Path) else parse_plant_package(source)
    faults = [*_formula_faults(package)]
    if faults:
        raise DocumentError(name, faults)
    with transaction.atomic():
        plant, _ = Plant.objects.update_or_create(
            code=package.code, defaults={"name": package.name, "time_zone": package.time_zone}
        )
        calendars = {entry.code: _store_calendar(plant, entry) for entry in package.calendars}
        lines = {entry.code: _store_line(plant, entry, n) for n, entry in enumerate(package.lines)}
        stations = {
            entry.code: _store_station(entry, lines[entry.line_code], calendars[entry.calendar], n)
            for n, entry in enumerate(package.stations)
        }
        Station.objects.filter(line__plant=plant).exclude(code__in=stations).update(retired=True)
        _store_changeovers(plant, package.changeovers, stations)
        _store_routings(plant, package.routings)
        _store_material(package)
        Calendar.objects.filter(plant=plant, stations__isnull=True).exclude(code__in=calendars).delete()
        live_plan(plant)
        ledger_touch()
        audit_record(actor=actor, verb="plant package imported", subject=plant, detail={"source": name}, at=now)
    return plant


def plant_package_export(plant: Plant) -> str:
    """The plant as it stands, as a plant package."""
    return write_plant_package(_package_of(plant))


def _formula_faults(package: PlantPackage) -> Iterator[Fault]:
    for routing in package.routings:
        for step in routing.steps:
            for what, text in (("duration", step.seconds), ("family", step.family)):
                try:
                    if text:
                        parsed(text)
                except RuleSyntaxError as error:
                    yield Fault(step.line, f"The {what} of {step.name} for {routing.item} cannot be read: {error}")


def _store_calendar(plant: Plant, entry: CalendarEntry) -> Calendar:
    calendar, _ = Calendar.objects.update_or_create(plant=plant, code=entry.code, defaults={"name": entry.name})
    calendar.shifts.all().delete()
    calendar.exceptions.all().delete()
    Shift.objects.bulk_create(
        Shift(calendar=calendar, weekdays=list(shift.weekdays), start=shift.start, end=shift.end)
        for shift in entry.shifts
    )
    CalendarException.objects.bulk_create(
        [
            *(CalendarException(calendar=calendar, day=day) for day in entry.closed),
            *(CalendarException(calendar=calendar, day=e.day, start=e.start, end=e.end) for e in entry.extra),
        ]
    )
    return calendar


def _store_line(plant: Plant, entry: LineEntry, position: int) -> Line:
    line, _ = Line.objects.update_or_create(
        code=entry.code, defaults={"plant": plant, "name": entry.name, "kind": entry.kind, "position": position}
    )
    return line


def _store_station(entry: StationEntry, line: Line, calendar: Calendar, position: int) -> Station:
    station, _ = Station.objects.update_or_create(
        code=entry.code,
        defaults={
            "line": line,
            "calendar": calendar,
            "name": entry.name,
            "capabilities": list(entry.capabilities),
            "position": position,
            "retired": False,
        },
    )
    return station


def _store_changeovers(plant: Plant, entries: tuple[ChangeoverEntry, ...], stations: dict[str, Station]) -> None:
    ChangeoverTable.objects.filter(plant=plant).delete()
    for entry in entries:
        table = ChangeoverTable.objects.create(
            plant=plant,
            code=entry.code,
            attribute=entry.attribute,
            default_minutes=entry.default_minutes,
            minutes=[{"from": a, "to": b, "minutes": minutes} for a, b, minutes in entry.minutes],
        )
        table.stations.set([stations[code] for code in entry.stations])


def _store_routings(plant: Plant, entries: tuple[RoutingEntry, ...]) -> None:
    Routing.objects.filter(plant=plant).delete()
    routings = Routing.objects.bulk_create(Routing(plant=plant, item_code=entry.item) for entry in entries)
    RoutingOperation.objects.bulk_create(
        RoutingOperation(
            routing=routing,
            number=step.number,
            name=step.name,
            capability=step.capability,
            seconds=step.seconds,
            family=step.family,
            recipe=step.recipe,
            after=list(step.after),
            pausable=step.pausable,
        )
        for routing, entry in zip(routings, entries, strict=True)
        for step in entry.steps
    )


def _store_material(package: PlantPackage) -> None:
    for entry in package.stock:
        Stock.objects.update_or_create(item_code=entry.item, defaults={"quantity": entry.quantity})
    Supply.objects.filter(received_at__isnull=True).delete()
    Supply.objects.bulk_create(
        Supply(item_code=entry.item, quantity=entry.quantity, due_at=entry.due) for entry in package.supply
    )


def _package_of(plant: Plant) -> PlantPackage:
    calendars = plant.calendars.prefetch_related("shifts", "exceptions")
    stations = Station.objects.filter(line__plant=plant, retired=False).select_related("line", "calendar")
    return PlantPackage(
        code=plant.code,
        name=plant.name,
        time_zone=plant.time_zone,
        calendars=tuple(_calendar_entry(calendar) for calendar in calendars),
        lines=tuple(LineEntry(line.code, line.name, line.kind) for line in plant.lines.all()),
        stations=tuple(
            StationEntry(s.code, s.name, s.line.code, s.calendar.code, tuple(s.capabilities))
            for s in stations.order_by("position")
        ),
        changeovers=tuple(
            ChangeoverEntry(
                table.code,
                table.attribute,
                tuple(station.code for station in table.stations.all()),
                table.default_minutes,
                tuple((row["from"], row["to"], row["minutes"]) for row in table.minutes),
            )
            for table in plant.changeover_tables.prefetch_related("stations")
        ),
        routings=tuple(
            RoutingEntry(routing.item_code, tuple(_step_entry(step) for step in routing.operations.all()))
            for routing in plant.routings.prefetch_related("operations")
        ),
        stock=tuple(StockEntry(row.item_code, max(0, row.quantity)) for row in Stock.objects.all()),
        supply=tuple(
            SupplyEntry(row.item_code, row.quantity, row.due_at)
            for row in Supply.objects.filter(received_at__isnull=True)
        ),
    )


def _calendar_entry(calendar: Calendar) -> CalendarEntry:
    exceptions = list(calendar.exceptions.all())
    return CalendarEntry(
        code=calendar.code,
        name=calendar.name,
        shifts=tuple(ShiftEntry(tuple(s.weekdays), s.start, s.end) for s in calendar.shifts.all()),
        closed=tuple(row.day for row in exceptions if row.start is None),
        extra=tuple(ExtraEntry(row.day, row.start, row.end) for row in exceptions if row.start and row.end),
    )


def _step_entry(step: RoutingOperation) -> StepEntry:
    return StepEntry(
        number=step.number,
        name=step.name,
        capability=step.capability,
        seconds=step.seconds,
        family=step.family,
        recipe=step.recipe,
        after=tuple(step.after),
        pausable=step.pausable,
    )
