"""The plan as bars on stations, for a window of time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Min

from planning.engine import merged, without
from planning.loading import PlantFloor
from planning.models import Assignment, Operation, OperationState, Plan, ProductionOrderState
from planning.selectors.marks import product_mark

BARS_LIMIT = 10_000
SEAM = 10 * 60
"""Seconds by which the plant's opening is kept in sight on either side of a folded night."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time on the chart."""

    start: datetime
    end: datetime


def plan_span(plan: Plan) -> Window | None:
    """From the first start to the last end of the plan; None for an empty one."""
    span = plan.assignments.order_by().aggregate(start=Min("start"), end=Max("end"))
    return Window(span["start"], span["end"]) if span["start"] else None


def lines_of(floor: PlantFloor) -> list[dict[str, Any]]:
    """Lines with their stations, in the order of the floor."""
    lines: dict[int, dict[str, Any]] = {}
    for row in floor.rows:
        line = lines.setdefault(row.line_id, {"id": f"line-{row.line_id}", "name": row.line.name, "stations": []})
        line["stations"].append({"id": row.pk, "name": row.name, "code": row.code})
    return list(lines.values())


def bars(plan: Plan, window: Window, now: datetime) -> list[dict[str, Any]]:
    """Every operation that touches the window, where it was really done if it was, else where it is planned."""
    rows = (
        Assignment.objects.filter(plan=plan, start__lt=window.end, end__gt=window.start)
        .select_related("operation__production_order")
        .order_by("start")[:BARS_LIMIT]
    )
    late = _late_orders(plan)
    return [_bar(row, row.operation, late, now) for row in rows]


def _late_orders(plan: Plan) -> set[int]:
    ends = plan.assignments.order_by().values_list("operation__production_order", "operation__production_order__due")
    return {pk for pk, due, last in ends.annotate(last=Max("end")) if last > due}


def _bar(row: Assignment, operation: Operation, late: set[int], now: datetime) -> dict[str, Any]:
    order = operation.production_order
    start, end = row.start, row.end
    if operation.actual_start is not None:
        start = operation.actual_start
        end = operation.actual_end or max(now, start + (row.end - row.start))
    stopped = order.state in (ProductionOrderState.FAILED, ProductionOrderState.CANCELLED)
    return {
        "id": operation.pk,
        "station": operation.actual_station_id or row.station_id,
        "start": _ms(start),
        "end": _ms(max(end, start)),
        "planned": [_ms(row.start), _ms(row.end)],
        "order": order.number,
        "label": short_number(order.number),
        "due": _ms(order.due),
        "mark": product_mark(order.product_code),
        "name": operation.name,
        "unit": f"{operation.unit_number} of {order.quantity}" if order.quantity > 1 else "",
        "family": operation.family,
        "state": OperationState.FAILED if stopped and operation.state == OperationState.WAITING else operation.state,
        "late": order.pk in late,
    }


def short_number(number: str) -> str:
    """An order number as it fits on a bar: without year and leading zeros, the line only from the second on."""
    found = re.fullmatch(r"\d{4}-0*(\d+)-(\d+)", number)
    if found is None:
        return number
    return found[1] if found[2] == "1" else f"{found[1]}-{found[2]}"


def changeover_bars(plan: Plan, floor: PlantFloor, window: Window) -> Iterator[dict[str, Any]]:
    """The changeovers between neighbours on a station, as far as they lie in the shift of the second one."""
    tables = {number: table for table in floor.changeovers for number in table.stations}
    stations = [floor.rows[number].pk for number in tables]
    rows = Assignment.objects.filter(plan=plan, station__in=stations, start__lt=window.end, end__gt=window.start)
    before: dict[int, str] = {}
    for pk, station, start, family in rows.order_by("station", "start").values_list(
        "operation", "station", "start", "operation__family"
    ):
        number = floor.number[station]
        seconds = tables[number].between(before[station], family) if station in before else 0
        if seconds:
            moment = floor.seconds(start)
            opened = next((a for a, b in floor.stations[number].open if a <= moment <= b), moment - seconds)
            begin = floor.moment(max(opened, moment - seconds))
            if begin < start:
                text = f"{before[station]} → {family}, {seconds // 60} min"
                yield {"id": f"co-{pk}", "station": station, "start": _ms(begin), "end": _ms(start), "text": text}
        before[station] = family


def closures(floor: PlantFloor, window: Window) -> list[dict[str, Any]]:
    """Where a station is closed while another one works."""
    start, end = floor.seconds(window.start), floor.seconds(window.end)
    some = _someone_works(floor, start, end)
    shut = []
    for row, station in zip(floor.rows, floor.stations, strict=True):
        for number, (a, b) in enumerate(without(some, station.open)):
            shut.append(
                {
                    "id": f"closed-{row.pk}-{a}-{number}",
                    "station": row.pk,
                    "start": _ms(floor.moment(a)),
                    "end": _ms(floor.moment(b)),
                }
            )
    return shut


def seams(floor: PlantFloor, window: Window) -> list[tuple[int, int]]:
    """When nobody works, to be folded away."""
    start, end = floor.seconds(window.start), floor.seconds(window.end)
    folded, cursor = [], max(start, 0)
    for opened, closed in _someone_works(floor, start, end):
        if opened - cursor > 4 * SEAM:
            folded.append((_ms(floor.moment(cursor + SEAM)), _ms(floor.moment(opened - SEAM))))
        cursor = max(cursor, closed)
    if end - cursor > 4 * SEAM:
        folded.append((_ms(floor.moment(cursor + SEAM)), _ms(floor.moment(end))))
    return folded


def _someone_works(floor: PlantFloor, start: int, end: int) -> list[tuple[int, int]]:
    stretches = (
        (max(a, start), min(b, end)) for station in floor.stations for a, b in station.open if a < end and b > start
    )
    return list(merged(sorted(stretches)))


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
