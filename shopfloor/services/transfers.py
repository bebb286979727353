"""A transfer's way through its states: claimed by a gateway under a lease, moved on, given back, decided by a person.

Leases and pauses are counted in real time (`wall`), because the plant clock of a demonstration jumps and races.
Every step is a conditional update on state and token, which holds on SQLite and PostgreSQL alike.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q

from shopfloor.engine.transfer import TransferState as EngineState
from shopfloor.engine.transfer import permitted
from shopfloor.loading import ClaimedTransfer, claimed_transfer
from shopfloor.models import Channel, Transfer, TransferState, TransferStep
from shopfloor.models.transfers import OCCUPYING
from shopfloor.services.live import floor_changed

LEASE = timedelta(seconds=10)
"""How long a gateway may be silent before another one takes over; each step renews it."""
PAUSE = timedelta(seconds=1)
"""How long a transfer rests after the controller did not permit it."""
DOUBT_PAUSE = timedelta(seconds=5)
"""How long a transfer in doubt rests between two readings of its controller."""
HELD = (TransferState.PENDING, TransferState.STAGED, TransferState.VERIFIED, TransferState.COMMITTED)
"""States in which the gateway that moved the transfer keeps it."""
IN_DOUBT = (TransferState.COMMITTED, TransferState.UNKNOWN)
"""States in which the controller may have taken the recipe: back to waiting only on a reading."""
NUMBER_STALE = "The controller has seen a newer number; the recipe gets another one."
LEASE_LOST = "The gateway fell silent after it had committed the recipe."


def transfers_claim(
    *,
    gateway: str,
    now: datetime,
    wall: datetime | None = None,
    limit: int = 20,
    controller_ids: Collection[int] | None = None,
) -> tuple[ClaimedTransfer, ...]:
    """At most one transfer per channel, each under a token of its own: pending ones to send, doubtful ones to read.

    A pending transfer gets the number after the last one committed in its channel; only a commit spends it, because
    a controller compares 16-bit numbers and must not be left far behind. Two gateways never get the same transfer,
    nor two transfers of one channel: the update is conditional and the database allows one in flight.
    """
    wall = wall or now
    leases_expire(now=now, wall=wall)
    candidates = _claimable(wall, limit, controller_ids)
    if not candidates:
        return ()
    claimed = []
    with transaction.atomic():
        for transfer in candidates:
            if _claim(transfer, gateway, wall):
                claimed.append(transfer.pk)
        rows = Transfer.objects.filter(pk__in=claimed).select_related(
            "channel__controller", "control_recipe__unit", "control_recipe__master_recipe"
        )
        return tuple(claimed_transfer(row) for row in rows.order_by("planned_start", "pk"))


def _claimable(wall: datetime, limit: int, controller_ids: Collection[int] | None) -> list[Transfer]:
    """The first transfer of each channel that nobody holds and whose pause is over."""
    in_flight = Transfer.objects.filter(channel=OuterRef("channel")).filter(
        Q(state__in=OCCUPYING) | Q(token__isnull=False)
    )
    waiting = Transfer.objects.filter(
        Q(state=TransferState.UNKNOWN) | Q(state=TransferState.PENDING) & ~Exists(in_flight),
        Q(not_before__isnull=True) | Q(not_before__lte=wall),
        token__isnull=True,
        channel__controller__enabled=True,
    )
    if controller_ids is not None:
        waiting = waiting.filter(channel__controller_id__in=controller_ids)
    first: dict[int, Transfer] = {}
    for transfer in waiting.order_by("planned_start", "pk")[: limit * 10]:
        first.setdefault(transfer.channel_id, transfer)
    return list(first.values())[:limit]


def _claim(transfer: Transfer, gateway: str, wall: datetime) -> bool:
    """Take one transfer if it is still as it was read; False when somebody else was faster."""
    changes: dict[str, Any] = {"token": uuid4(), "lease_until": wall + LEASE, "gateway": gateway, "not_before": None}
    try:
        with transaction.atomic():
            if transfer.state == TransferState.PENDING:
                last = Channel.objects.values_list("last_sequence", flat=True).get(pk=transfer.channel_id)
                changes["sequence_number"] = last + 1
                changes["attempts"] = F("attempts") + 1
            return (
                Transfer.objects.filter(pk=transfer.pk, state=transfer.state, token__isnull=True).update(**changes) == 1
            )
    except IntegrityError:  # another gateway holds another transfer of the same channel
        return False


def leases_expire(*, now: datetime, wall: datetime) -> int:
    """Take transfers from silent gateways: uncommitted ones wait again, committed ones are in doubt."""
    expired = list(Transfer.objects.filter(token__isnull=False, lease_until__lt=wall))
    if not expired:
        return 0
    with transaction.atomic():
        moved = [transfer for transfer in expired if _expire(transfer, now)]
    return len(moved)


def _expire(transfer: Transfer, now: datetime) -> bool:
    target = {
        TransferState.COMMITTED: TransferState.UNKNOWN,
        TransferState.UNKNOWN: TransferState.UNKNOWN,
    }.get(TransferState(transfer.state), TransferState.PENDING)
    reason = LEASE_LOST if transfer.state == TransferState.COMMITTED else transfer.reason
    changes: dict[str, Any] = {"state": target, "reason": reason, "token": None, "lease_until": None}
    if target == TransferState.PENDING:
        changes["sequence_number"] = None
    if target != transfer.state:
        changes["changed_at"] = now
    rows = Transfer.objects.filter(pk=transfer.pk, state=transfer.state, token=transfer.token)
    changed = rows.update(**changes)
    if changed == 1 and target != transfer.state:
        record_steps([transfer], target, now, gateway=transfer.gateway, note="The gateway's lease ran out.")
        floor_changed(transfer.channel_id, at=now)
    return changed == 1


@transaction.atomic
def transfer_advance(
    *,
    transfer_id: int,
    token: UUID,
    state: str,
    now: datetime,
    wall: datetime | None = None,
    reading: dict[str, Any] | None = None,
    ack_code: int | None = None,
    reason: str = "",
) -> bool:
    """Whether the holder of `token` moved the transfer on; False means: write nothing more to the controller.

    It is False when the lease was lost meanwhile or the transition table does not allow the step. A transfer that
    may have been taken goes back to waiting only with a reading that shows it was not.
    """
    wall = wall or now
    transfer = Transfer.objects.filter(pk=transfer_id, token=token).first()
    target = TransferState(state)
    if transfer is None or not _may_become(transfer, target, reading):
        return False
    if target == TransferState.COMMITTED and transfer.state != target and not _spend_number(transfer):
        return False
    changes = _changes(transfer, target, wall, reason[:500])
    if reading is not None:
        changes |= {"last_reading": reading, "read_at": wall}
    if ack_code is not None:
        changes["ack_code"] = ack_code
    is_news = transfer.state != target or transfer.reason != changes["reason"]
    if is_news:
        changes["changed_at"] = now
    if Transfer.objects.filter(pk=transfer_id, token=token, state=transfer.state).update(**changes) != 1:
        return False
    if is_news:
        record_steps([transfer], target, now, gateway=transfer.gateway, reading=reading, note=reason)
        floor_changed(transfer.channel_id, at=now)
    return True


def _may_become(transfer: Transfer, target: TransferState, reading: dict[str, Any] | None) -> bool:
    if transfer.state == target:
        return True
    if transfer.state in IN_DOUBT and target == TransferState.PENDING and reading is None:
        return False
    return permitted(EngineState(transfer.state), EngineState(target))


def _changes(transfer: Transfer, target: TransferState, wall: datetime, reason: str) -> dict[str, Any]:
    """State, reason and who holds the transfer afterwards: the same gateway on the way up to the commit, else nobody.

    The same state again renews the lease; only a waiting transfer that is told why it waits is given back.
    """
    changes: dict[str, Any] = {"state": target, "reason": reason}
    given_back = target == TransferState.PENDING and (reason != "" or transfer.state != target)
    if target in HELD and not given_back:
        return changes | {"lease_until": wall + LEASE}
    changes |= {"token": None, "lease_until": None}
    if given_back:
        changes |= {"sequence_number": None, "not_before": wall + PAUSE if reason else None}
    if target == TransferState.UNKNOWN:
        changes["not_before"] = wall + DOUBT_PAUSE
    return changes


def _spend_number(transfer: Transfer) -> bool:
    """Whether the transfer's number is still the channel's next one; False when the controller knew a newer one."""
    rows = Channel.objects.filter(pk=transfer.channel_id, last_sequence__lt=transfer.sequence_number)
    if rows.update(last_sequence=transfer.sequence_number) == 1:
        return True
    Transfer.objects.filter(pk=transfer.pk, token=transfer.token).update(
        state=TransferState.PENDING, token=None, lease_until=None, sequence_number=None, reason=NUMBER_STALE
    )
    return False


def transfers_move(transfers: Iterable[Transfer], target: TransferState, *, now: datetime, note: str) -> list[Transfer]:
    """Move those transfers on whose present state allows it, whoever holds them; the controller has spoken.

    Called inside the caller's transaction; the rows' own `state` is updated to what was reached.
    """
    moved: list[Transfer] = []
    groups: dict[str, list[Transfer]] = {}
    for transfer in transfers:
        if permitted(EngineState(transfer.state), EngineState(target)):
            groups.setdefault(transfer.state, []).append(transfer)
    for state, group in groups.items():
        keys = [transfer.pk for transfer in group]
        changes = {"state": target, "token": None, "lease_until": None, "reason": "", "changed_at": now}
        if Transfer.objects.filter(pk__in=keys, state=state).update(**changes) != len(keys):
            reached = set(
                Transfer.objects.filter(pk__in=keys, state=target, changed_at=now).values_list("pk", flat=True)
            )
            group = [transfer for transfer in group if transfer.pk in reached]
        record_steps(group, target, now, note=note)
        for transfer in group:
            transfer.state = target
        moved += group
    return moved


def record_steps(
    transfers: Iterable[Transfer],
    target: str,
    now: datetime,
    *,
    gateway: str = "",
    reading: dict[str, Any] | None = None,
    note: str = "",
    actor: Any = None,
) -> None:
    """Write the history row of each transfer; `transfer.state` still holds the state it came from."""
    TransferStep.objects.bulk_create(
        TransferStep(
            transfer=transfer,
            from_state=transfer.state,
            to_state=target,
            at=now,
            gateway=gateway,
            actor=actor,
            sequence_number=transfer.sequence_number,
            reading=reading,
            note=note[:500],
        )
        for transfer in transfers
    )
