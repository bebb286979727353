"""What a person decides when the system does not know whether a recipe ran."""

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from foundation.api import User, audit_record
from planning.api import FactKind, OperationFact, feedback_record
from shopfloor.models import Transfer, TransferState
from shopfloor.services.live import floor_changed
from shopfloor.services.transfers import record_steps

SOURCE = "person"


class Verdict(StrEnum):
    """The two answers there are; neither is the safe one, so neither is the default."""

    NOT_RUN = "not_run"
    HAS_RUN = "has_run"


class NotInDoubt(Exception):
    """The transfer is no longer UNKNOWN: a reading or somebody else answered first."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@transaction.atomic
def transfer_resolve(*, transfer_id: int, verdict: Verdict, actor: User, now: datetime) -> Transfer:
    """The transfer after a person beside the machine said whether the recipe ran, signed with the reading they saw.

    NOT_RUN lets it be sent once more under a new sequence number; the old number can never start. HAS_RUN counts
    the operation as done. Raises `NotInDoubt` when the transfer is not UNKNOWN any more.
    """
    transfer = (
        Transfer.objects.select_for_update(of=("self",))
        .select_related("control_recipe__unit", "channel")
        .get(pk=transfer_id)
    )
    target = TransferState.PENDING if verdict is Verdict.NOT_RUN else TransferState.DONE
    note = {
        Verdict.NOT_RUN: "It has not run, says the person at the machine.",
        Verdict.HAS_RUN: "It has run, says the person at the machine.",
    }[verdict]
    changed = Transfer.objects.filter(pk=transfer_id, state=TransferState.UNKNOWN).update(
        state=target, reason="", token=None, lease_until=None, not_before=None, changed_at=now
    )
    if changed != 1:
        raise NotInDoubt(transfer.state)
    record_steps([transfer], target, now, reading=transfer.last_reading, note=note, actor=actor)
    if verdict is Verdict.HAS_RUN:
        feedback_record(facts=_facts(transfer, now), now=now)
    audit_record(
        actor=actor,
        verb=f"transfer resolved: {verdict}",
        subject=transfer,
        detail={
            "job_id": str(transfer.control_recipe.job_id),
            "sequence_number": transfer.sequence_number,
            "reading": transfer.last_reading,
        },
        at=now,
    )
    floor_changed(transfer.channel_id, at=now)
    return Transfer.objects.get(pk=transfer_id)


def _facts(transfer: Transfer, now: datetime) -> tuple[OperationFact, ...]:
    """Start and end as one person can know them: both now. Late events of the controller will change nothing."""
    recipe = transfer.control_recipe

    def fact(kind: FactKind, offset: int, good: int) -> OperationFact:
        return OperationFact(
            source=SOURCE,
            boot_id=0,
            sequence=2 * transfer.pk + offset,
            operation_id=recipe.operation_id,
            kind=kind,
            at=now,
            good=good,
            scrap=0,
            energy_wh=0,
            station_code=transfer.channel.station_code,
        )

    return fact(FactKind.STARTED, 0, 0), fact(FactKind.COMPLETED, 1, 1)


def transfer_read_again(*, transfer_id: int) -> bool:
    """Whether the gateway will now read the controller of a transfer in doubt at its next turn."""
    return Transfer.objects.filter(pk=transfer_id, state=TransferState.UNKNOWN).update(not_before=None) == 1
