"""What controllers report becomes facts: stored, matched to transfers and pushed upstream in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from planning.api import FactKind, OperationFact, feedback_record
from shopfloor.engine.events import NO_JOB, EventKind, RingEvent
from shopfloor.models import Controller, ControllerEvent, Transfer, TransferState
from shopfloor.services.live import floor_changed
from shopfloor.services.transfers import transfers_move

AHEAD = timedelta(minutes=5)
BEHIND = timedelta(days=7)
"""How far a controller's clock may differ from ours before our own time of receipt is taken instead."""

TARGETS = {
    EventKind.STARTED: TransferState.RUNNING,
    EventKind.COMPLETED: TransferState.DONE,
    EventKind.FAILED: TransferState.DONE,
}
FACTS = {
    EventKind.STARTED: FactKind.STARTED,
    EventKind.COMPLETED: FactKind.COMPLETED,
    EventKind.FAILED: FactKind.FAILED,
}


def events_ingest(*, controller_id: int, boot_id: int, events: Sequence[RingEvent], now: datetime) -> int:
    """The highest sequence number that may be acknowledged to the controller now that this is committed; 0 for none.

    Every event is stored exactly once by (controller, boot id, sequence). Those of a known job move its transfer
    and are pushed to planning in the same transaction; those nobody can use are parked where people see them.
    """
    if not events:
        return 0
    with transaction.atomic():
        _ingest(controller_id, boot_id, events, now)
    return max(event.sequence for event in events)


def _ingest(controller_id: int, boot_id: int, events: Sequence[RingEvent], now: datetime) -> None:
    # The row lock lets one gateway after the other tell of a controller; SQLite has one writer anyway.
    controller = Controller.objects.select_for_update(of=("self",)).filter(pk=controller_id).first()
    source = controller.code if controller else f"controller {controller_id}"
    fresh = _fresh(source, boot_id, events)
    if not fresh:
        return
    transfers = _transfers(fresh)
    rows = [_row(event, source, controller, boot_id, transfers, now) for event in fresh]
    ControllerEvent.objects.bulk_create(rows)
    used = [event for event, row in zip(fresh, rows, strict=True) if not row.parked and event.kind in TARGETS]
    _move(used, transfers, now)
    _push(used, transfers, source, boot_id, now)
    floor_changed({transfer.channel_id for transfer in transfers.values()}, at=now)


def _fresh(source: str, boot_id: int, events: Sequence[RingEvent]) -> list[RingEvent]:
    """The events that are not stored yet, in the controller's order, each once."""
    by_sequence = {event.sequence: event for event in events}
    known = set(
        ControllerEvent.objects.filter(source=source, boot_id=boot_id, sequence__in=list(by_sequence)).values_list(
            "sequence", flat=True
        )
    )
    return [by_sequence[sequence] for sequence in sorted(by_sequence) if sequence not in known]


def _transfers(events: Iterable[RingEvent]) -> dict[UUID, Transfer]:
    jobs = {event.job_id for event in events if event.job_id != NO_JOB}
    if not jobs:
        return {}
    rows = Transfer.objects.filter(control_recipe__job_id__in=jobs).select_related("control_recipe", "channel")
    return {row.control_recipe.job_id: row for row in rows}


def _row(
    event: RingEvent,
    source: str,
    controller: Controller | None,
    boot_id: int,
    transfers: Mapping[UUID, Transfer],
    now: datetime,
) -> ControllerEvent:
    job_id = None if event.job_id == NO_JOB else event.job_id
    transfer = transfers.get(event.job_id)
    payload: dict[str, Any] = {
        "good": event.good,
        "scrap": event.scrap,
        "energy_wh": event.energy_wh,
        "code": event.code,
    }
    if _time(event, now) != event.at:
        payload["clock_off_seconds"] = round((event.at - now).total_seconds())
    return ControllerEvent(
        source=source,
        controller=controller,
        boot_id=boot_id,
        sequence=event.sequence,
        kind=EventKind(event.kind).name,
        channel_index=event.channel,
        job_id=job_id,
        transfer=transfer,
        payload=payload,
        at=event.at,
        received_at=now,
        parked=_parked(event, controller, transfer),
    )


def _parked(event: RingEvent, controller: Controller | None, transfer: Transfer | None) -> str:
    """Why nothing can be done with the event; empty when it can be used."""
    if controller is None:
        return "No controller of that number is known here."
    if min(event.good, event.scrap, event.energy_wh) < 0:
        return "A count is negative."
    if event.kind not in TARGETS:
        return ""
    if event.job_id == NO_JOB:
        return "The event belongs to no job."
    if transfer is None:
        return "The job is not known here."
    if transfer.channel.controller_id != controller.pk:
        return "The job was given to another controller."
    return ""


def _time(event: RingEvent, now: datetime) -> datetime:
    """When it happened: the controller's word while that is believable, else the time of receipt."""
    return event.at if now - BEHIND <= event.at <= now + AHEAD else now


def _move(events: Sequence[RingEvent], transfers: Mapping[UUID, Transfer], now: datetime) -> None:
    """Move transfers to RUNNING, then to DONE; an event that comes late finds nothing to move."""
    for target in (TransferState.RUNNING, TransferState.DONE):
        concerned = {event.job_id for event in events if TARGETS[event.kind] == target}
        transfers_move(
            [transfers[job_id] for job_id in sorted(concerned)], target, now=now, note="The controller reported it."
        )


def _push(
    events: Sequence[RingEvent], transfers: Mapping[UUID, Transfer], source: str, boot_id: int, now: datetime
) -> None:
    facts = [
        OperationFact(
            source=source,
            boot_id=boot_id,
            sequence=event.sequence,
            operation_id=transfers[event.job_id].control_recipe.operation_id,
            kind=FACTS[event.kind],
            at=_time(event, now),
            good=event.good,
            scrap=event.scrap,
            energy_wh=event.energy_wh,
            station_code=transfers[event.job_id].channel.station_code,
        )
        for event in events
    ]
    if facts:
        feedback_record(facts=facts, now=now)
