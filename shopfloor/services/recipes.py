"""From a released operation to words in a queue: control recipes and their transfers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max

from foundation.api import User, audit_record
from planning.api import ReleasableOperation, operations_claim, operations_releasable
from shopfloor.loading import EncodedRecipe, RecipeRefused, formula_of, profile_of, recipe_encoded, serial_of
from shopfloor.models import Channel, ControlRecipe, MasterRecipe, Transfer, TransferState, TransferStep, Unit
from shopfloor.services.live import floor_changed


@dataclass(frozen=True, slots=True)
class Draft:
    """What was made of one operation: words to send, or the sentence that says why there are none."""

    operation: ReleasableOperation
    channel: Channel
    master: MasterRecipe | None
    job_id: UUID
    encoded: EncodedRecipe | None
    refusal: str


def recipes_release(*, now: datetime, horizon: timedelta) -> int:
    """How many operations inside the horizon became control recipes with a transfer each.

    An operation whose station has no channel stays where it is. One whose values do not fit is released as a
    refused transfer, where people see the reason; nothing of it goes near a controller.
    """
    operations = operations_releasable(now=now, horizon=horizon)
    drafts = _drafts(operations)
    if not drafts:
        return 0
    with transaction.atomic():
        claimed = operations_claim(operation_ids=[draft.operation.operation_id for draft in drafts], now=now)
        return _store([draft for draft in drafts if draft.operation.operation_id in claimed], now)


def _drafts(operations: Sequence[ReleasableOperation]) -> list[Draft]:
    if not operations:
        return []
    stations = {operation.station_code for operation in operations}
    channels = {
        channel.station_code: channel
        for channel in Channel.objects.filter(station_code__in=stations).select_related("controller__profile")
    }
    masters = latest_masters(operation.recipe for operation in operations)
    return [
        _draft(operation, channels[operation.station_code], masters.get(operation.recipe))
        for operation in operations
        if operation.station_code in channels
    ]


def latest_masters(codes: Iterable[str]) -> dict[str, MasterRecipe]:
    """The newest version of each master recipe named."""
    masters: dict[str, MasterRecipe] = {}
    for master in MasterRecipe.objects.filter(code__in=set(codes)).order_by("code", "version"):
        masters[master.code] = master
    return masters


def _draft(operation: ReleasableOperation, channel: Channel, master: MasterRecipe | None) -> Draft:
    job_id = uuid4()
    encoded, refusal = None, ""
    try:
        encoded = _encoded(operation, channel, master, job_id)
    except RecipeRefused as error:
        refusal = str(error)
    return Draft(operation, channel, master, job_id, encoded, refusal)


def _encoded(
    operation: ReleasableOperation, channel: Channel, master: MasterRecipe | None, job_id: UUID
) -> EncodedRecipe:
    if master is None:
        what = f"the recipe {operation.recipe}, which does not exist" if operation.recipe else "no recipe"
        raise RecipeRefused(f"The operation {operation.name} of {operation.item_code} names {what}.")
    return recipe_encoded(
        job_id=job_id,
        title=f"{operation.name} of {operation.item_code}",
        formula=formula_of(master),
        parameters=operation.parameters,
        duration_seconds=operation.duration_seconds,
        profile=profile_of(channel.controller.profile),
    )


def _store(drafts: Sequence[Draft], now: datetime) -> int:
    """Write units, control recipes, transfers and their first history rows, a handful of queries for all."""
    if not drafts:
        return 0
    units = _units([draft.operation for draft in drafts], now)
    ids = [draft.operation.operation_id for draft in drafts]
    rows = ControlRecipe.objects.filter(operation__in=ids).order_by().values_list("operation_id")
    attempts: dict[int, int] = dict(rows.annotate(Max("attempt")))
    recipes = ControlRecipe.objects.bulk_create(
        _control_recipe(draft, units[_unit_key(draft.operation)], attempts, now) for draft in drafts
    )
    transfers = Transfer.objects.bulk_create(
        Transfer(
            control_recipe=recipe,
            channel=draft.channel,
            state=TransferState.REFUSED if draft.refusal else TransferState.PENDING,
            reason=draft.refusal[:500],
            planned_start=draft.operation.planned_start,
            created_at=now,
            changed_at=now,
        )
        for draft, recipe in zip(drafts, recipes, strict=True)
    )
    TransferStep.objects.bulk_create(
        TransferStep(transfer=transfer, to_state=transfer.state, at=now, note=transfer.reason) for transfer in transfers
    )
    floor_changed((draft.channel.pk for draft in drafts), at=now)
    return len(drafts)


def _control_recipe(draft: Draft, unit: Unit, attempts: Mapping[int, int], now: datetime) -> ControlRecipe:
    operation, encoded = draft.operation, draft.encoded
    return ControlRecipe(
        operation_id=operation.operation_id,
        attempt=attempts.get(operation.operation_id, 0) + 1,
        master_recipe=draft.master,
        channel=draft.channel,
        unit=unit,
        job_id=draft.job_id,
        operation_name=operation.name,
        item_code=operation.item_code,
        recipe_code=operation.recipe,
        parameters=dict(operation.parameters),
        planned_start=operation.planned_start,
        planned_end=operation.planned_end,
        duration_seconds=operation.duration_seconds,
        values=list(encoded.values) if encoded else [],
        words=list(encoded.recipe.words) if encoded else [],
        crc=encoded.recipe.crc if encoded else 0,
        content_hash=encoded.content_hash if encoded else "",
        created_at=now,
    )


def _unit_key(operation: ReleasableOperation) -> tuple[str, int]:
    return operation.production_order_number, operation.unit_number


def _units(operations: Iterable[ReleasableOperation], now: datetime) -> dict[tuple[str, int], Unit]:
    """The unit of each operation, written when its first operation is released; a race writes it once."""
    wanted = {_unit_key(operation): operation.order_line_id for operation in operations}
    orders = {number for number, _ in wanted}
    Unit.objects.bulk_create(
        (
            Unit(
                serial=serial_of(number, unit_number),
                order_line_id=order_line_id,
                production_order_number=number,
                unit_number=unit_number,
                created_at=now,
            )
            for (number, unit_number), order_line_id in wanted.items()
        ),
        ignore_conflicts=True,
    )
    found = Unit.objects.filter(production_order_number__in=orders)
    return {(unit.production_order_number, unit.unit_number): unit for unit in found}


class NotRefused(Exception):
    """Only the last transfer of an operation can be built again, and only when it was refused."""


@transaction.atomic
def recipe_rebuild(*, transfer_id: int, actor: User, now: datetime) -> Transfer:
    """A new attempt at an operation whose transfer was refused, with the newest master recipe and a new job id.

    Raises `NotRefused` when the transfer is not refused or was built again already.
    """
    rows = Transfer.objects.select_for_update(of=("self",))
    refused = rows.select_related("control_recipe__unit", "channel__controller__profile").get(pk=transfer_id)
    recipe = refused.control_recipe
    newest = ControlRecipe.objects.filter(operation=recipe.operation_id).aggregate(Max("attempt"))
    if refused.state != TransferState.REFUSED or recipe.attempt != newest["attempt__max"]:
        raise NotRefused("Only the last transfer of an operation can be built again, and only when it was refused.")
    draft = _draft(_operation_of(recipe), refused.channel, latest_masters([recipe.recipe_code]).get(recipe.recipe_code))
    _store([draft], now)
    audit_record(
        actor=actor,
        verb="recipe rebuilt",
        subject=refused,
        detail={"operation": recipe.operation_id, "refusal": draft.refusal},
        at=now,
    )
    return Transfer.objects.get(control_recipe__job_id=draft.job_id)


def _operation_of(recipe: ControlRecipe) -> ReleasableOperation:
    """The operation as it was when the recipe was built."""
    return ReleasableOperation(
        operation_id=recipe.operation_id,
        production_order_number=recipe.unit.production_order_number,
        order_line_id=recipe.unit.order_line_id,
        unit_number=recipe.unit.unit_number,
        quantity=1,
        item_code=recipe.item_code,
        name=recipe.operation_name,
        recipe=recipe.recipe_code,
        station_code=recipe.channel.station_code,
        line_code="",
        planned_start=recipe.planned_start,
        planned_end=recipe.planned_end,
        duration_seconds=recipe.duration_seconds,
        parameters=recipe.parameters,
    )
