"""The line board: what each station does now and next, who is linked, what is in doubt."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from planning.api import BoardRow, KnownStation, plan_board, stations_known
from shopfloor.loading import serial_of
from shopfloor.models import Channel, ControllerState, Transfer, TransferState
from shopfloor.selectors.states import StationState, station_state, transfer_state

ACTIVE = (
    TransferState.STAGED,
    TransferState.VERIFIED,
    TransferState.COMMITTED,
    TransferState.ACKNOWLEDGED,
    TransferState.RUNNING,
    TransferState.UNKNOWN,
)
SPECIALS = 4
"""At most so many lines of what is special fit into a cell read from five metres."""


@dataclass(frozen=True, slots=True)
class Special:
    """One value of a unit; `differs` when the unit before it at the station had another."""

    name: str
    value: str
    differs: bool


@dataclass(frozen=True, slots=True)
class UnitCard:
    """One unit at, or before, a station."""

    serial: str
    product_code: str
    product_name: str
    operation: str
    specials: tuple[Special, ...]
    duration_seconds: int
    planned_start: datetime
    started_at: datetime | None
    transfer_id: int | None

    def elapsed_seconds(self, now: datetime) -> int:
        """Plant seconds since the run began; 0 before it."""
        return max(0, int((now - self.started_at).total_seconds())) if self.started_at else 0


@dataclass(frozen=True, slots=True)
class StationCell:
    """One column of the board."""

    code: str
    name: str
    state: StationState
    current: UnitCard | None
    elapsed: int
    share: int
    """Per cent of the planned time that has passed, at most 100."""
    over: bool
    following: UnitCard | None
    then: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """A row of the transfer list at the foot."""

    transfer_id: int
    station_code: str
    serial: str
    state: StationState


@dataclass(frozen=True, slots=True)
class LineBoard:
    """Everything on the wall of one line; link ages are real time, all else is plant time."""

    line_code: str
    line_name: str
    cells: tuple[StationCell, ...]
    controllers: int
    linked: int
    oldest_link: datetime | None
    waiting: int
    in_doubt: tuple[Queue, ...]
    refused: tuple[Queue, ...]
    done_today: int
    behind_seconds: int


@dataclass(frozen=True, slots=True)
class LineSummary:
    """One line on the index."""

    code: str
    name: str
    stations: int
    running: int
    waiting: int
    in_doubt: int
    refused: int
    controllers: int
    linked: int


class UnknownLine(Exception):
    """No plant has a line of that code."""


def lines_index() -> tuple[LineSummary, ...]:
    """Every line of the plant with what needs a look."""
    lines: dict[str, list[KnownStation]] = defaultdict(list)
    for station in stations_known():
        lines[station.line_code].append(station)
    channels = _channels()
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for transfer in Transfer.objects.exclude(state=TransferState.DONE).select_related("channel"):
        counts[transfer.channel.station_code][transfer.state] += 1
    return tuple(_summary(code, stations, channels, counts) for code, stations in lines.items())


def _summary(
    code: str, stations: Sequence[KnownStation], channels: Mapping[str, Channel], counts: Mapping[str, Mapping]
) -> LineSummary:
    controllers = {
        channels[station.code].controller_id: channels[station.code].controller
        for station in stations
        if station.code in channels
    }

    def total(*states: str) -> int:
        return sum(counts[station.code].get(state, 0) for station in stations for state in states)

    return LineSummary(
        code=code,
        name=stations[0].line_name,
        stations=len(stations),
        running=total(TransferState.RUNNING),
        waiting=total(TransferState.PENDING),
        in_doubt=total(TransferState.UNKNOWN),
        refused=total(TransferState.REFUSED),
        controllers=len(controllers),
        linked=sum(controller.state == ControllerState.LINKED for controller in controllers.values()),
    )


def line_board(line_code: str, *, now: datetime, day_start: datetime) -> LineBoard:
    """The board of one line; raises `UnknownLine`. `day_start` is plant time of the last midnight."""
    stations = [station for station in stations_known() if station.line_code == line_code]
    if not stations:
        raise UnknownLine(line_code)
    codes = [station.code for station in stations]
    channels = _channels(codes)
    open_transfers = _open_transfers(codes)
    rows: dict[str, list[BoardRow]] = defaultdict(list)
    for row in plan_board(line_code, now):
        rows[row.station_code].append(row)
    before = _last_done(codes)
    cells = tuple(
        _cell(station, channels.get(station.code), rows[station.code], open_transfers, before.get(station.code), now)
        for station in stations
    )
    controllers = {channel.controller_id: channel.controller for channel in channels.values()}.values()
    return LineBoard(
        line_code=line_code,
        line_name=stations[0].line_name,
        cells=cells,
        controllers=len(controllers),
        linked=sum(controller.state == ControllerState.LINKED for controller in controllers),
        oldest_link=min((row.last_seen_at for row in controllers if row.last_seen_at), default=None),
        waiting=sum(transfer.state == TransferState.PENDING for transfer in open_transfers),
        in_doubt=_queue(open_transfers, TransferState.UNKNOWN),
        refused=_queue(open_transfers, TransferState.REFUSED),
        done_today=Transfer.objects.filter(
            channel__station_code__in=codes, state=TransferState.DONE, changed_at__gte=day_start
        ).count(),
        behind_seconds=_behind(rows.values(), now),
    )


def _channels(codes: Iterable[str] | None = None) -> dict[str, Channel]:
    rows = Channel.objects.select_related("controller")
    if codes is not None:
        rows = rows.filter(station_code__in=codes)
    return {channel.station_code: channel for channel in rows}


def _open_transfers(codes: Sequence[str]) -> list[Transfer]:
    """All transfers of these stations that still need something, refused ones only while they are the last attempt."""
    rows = Transfer.objects.filter(channel__station_code__in=codes).exclude(state=TransferState.DONE)
    found = list(rows.select_related("control_recipe__unit", "channel").order_by("planned_start", "pk"))
    newest: dict[int, int] = {}
    for transfer in found:
        recipe = transfer.control_recipe
        newest[recipe.operation_id] = max(newest.get(recipe.operation_id, 0), recipe.attempt)
    return [row for row in found if row.control_recipe.attempt == newest[row.control_recipe.operation_id]]


def _last_done(codes: Sequence[str]) -> dict[str, Transfer]:
    """The last finished transfer of each station: what the present unit is compared with."""
    done = Transfer.objects.filter(channel__station_code__in=codes, state=TransferState.DONE)
    last = done.order_by().values("channel").annotate(last=Max("pk")).values_list("last", flat=True)
    rows = Transfer.objects.filter(pk__in=list(last)).select_related("control_recipe", "channel")
    return {row.channel.station_code: row for row in rows}


def _cell(
    station: KnownStation,
    channel: Channel | None,
    rows: Sequence[BoardRow],
    transfers: Sequence[Transfer],
    before: Transfer | None,
    now: datetime,
) -> StationCell:
    here = [transfer for transfer in transfers if transfer.channel.station_code == station.code]
    by_operation = {transfer.control_recipe.operation_id: transfer for transfer in here}
    active = [row for row in rows if (found := by_operation.get(row.operation_id)) and found.state in ACTIVE]
    running = [row for row in rows if row.actual_start is not None]
    present = next(iter(running or active), None)
    waiting = [row for row in rows if row is not present]
    doubtful = [row for row in here if row.state in (TransferState.UNKNOWN, TransferState.REFUSED)]
    ours = by_operation.get(present.operation_id) if present else None
    current_transfer = next(iter(doubtful), None) or ours or next(iter(here), None)
    present_values = present.parameters if present else before.control_recipe.parameters if before else {}
    current = _card(present, ours, before.control_recipe.parameters if before else {}) if present else None
    following = _card(waiting[0], by_operation.get(waiting[0].operation_id), present_values) if waiting else None
    elapsed = current.elapsed_seconds(now) if current else 0
    planned = max(1, current.duration_seconds) if current else 1
    return StationCell(
        code=station.code,
        name=station.name,
        state=station_state(channel.controller if channel else None, channel.index if channel else 0, current_transfer),
        current=current,
        elapsed=elapsed,
        share=min(100, 100 * elapsed // planned),
        over=elapsed > planned,
        following=following,
        then=tuple(serial_of(row.production_order_number, row.unit_number) for row in waiting[1:3]),
    )


def _card(row: BoardRow, transfer: Transfer | None, before: Mapping[str, Any]) -> UnitCard:
    specials = [
        Special(name.replace("_", " "), _plain(value), name not in before or before[name] != value)
        for name, value in row.parameters.items()
    ]
    specials.sort(key=lambda special: not special.differs)
    return UnitCard(
        serial=serial_of(row.production_order_number, row.unit_number),
        product_code=row.product_code,
        product_name=row.product_name,
        operation=row.name,
        specials=tuple(specials[:SPECIALS]),
        duration_seconds=row.duration_seconds,
        planned_start=row.planned_start,
        started_at=row.actual_start,
        transfer_id=transfer.pk if transfer else None,
    )


def _plain(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value).replace("_", " ")


def _queue(transfers: Iterable[Transfer], state: TransferState) -> tuple[Queue, ...]:
    return tuple(
        Queue(row.pk, row.channel.station_code, row.control_recipe.unit.serial, transfer_state(row))
        for row in transfers
        if row.state == state
    )


def _behind(stations: Iterable[Sequence[BoardRow]], now: datetime) -> int:
    """How far the line is behind its plan: the largest delay of any station's next or present operation."""
    delays = [0]
    for rows in stations:
        for row in rows:
            if row.actual_start is not None:
                delays.append(int((now - row.planned_end).total_seconds()))
            else:
                delays.append(int((now - row.planned_start).total_seconds()))
                break
    return max(delays)
