"""Transfers as people see them: the list, and one from the customer's click to the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from configurator.api import OrderedLine, order_lines_accepted
from planning.api import OperationStory, operation_story
from shopfloor.engine.acknowledgement import AckCode, ack_sentence
from shopfloor.engine.transfer import sequence_word
from shopfloor.loading import profile_of
from shopfloor.models import ControllerEvent, ControlRecipe, Transfer, TransferState, TransferStep
from shopfloor.selectors.states import StationState, transfer_state

ROAD = (
    TransferState.PENDING,
    TransferState.STAGED,
    TransferState.VERIFIED,
    TransferState.COMMITTED,
    TransferState.ACKNOWLEDGED,
    TransferState.RUNNING,
    TransferState.DONE,
)


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One line of the list."""

    transfer: Transfer
    recipe: ControlRecipe
    state: StationState


@dataclass(frozen=True, slots=True)
class RoadStep:
    """One state of the road in the strip: `passed` with a time, `here`, or still `ahead`."""

    name: str
    place: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class WordRow:
    """One register of the recipe: where it lies, what is in it, what it means."""

    address: int
    word: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was sent beside what the controller reads; `same` is None where nothing was read."""

    name: str
    sent: str
    read: str
    same: bool | None


@dataclass(frozen=True, slots=True)
class TransferTrace:
    """All that is known of one transfer."""

    transfer: Transfer
    recipe: ControlRecipe
    state: StationState
    road: tuple[RoadStep, ...]
    steps: tuple[TransferStep, ...]
    events: tuple[ControllerEvent, ...]
    words: tuple[WordRow, ...]
    story: OperationStory
    order: OrderedLine
    acknowledgement: str
    comparison: tuple[Comparison, ...]
    other_attempts: tuple[Transfer, ...]


def transfers_query(*, state: str = "", search: str = "") -> QuerySet[Transfer]:
    """Transfers, the newest change first, by state and by a part of serial, station or operation."""
    rows = Transfer.objects.select_related(
        "control_recipe__unit", "control_recipe__master_recipe", "channel__controller"
    ).order_by("-changed_at", "-pk")
    if state in TransferState.values:
        rows = rows.filter(state=state)
    if search:
        rows = rows.filter(
            Q(control_recipe__unit__serial__icontains=search)
            | Q(channel__station_code__icontains=search)
            | Q(control_recipe__operation_name__icontains=search)
        )
    return rows


def transfer_rows(transfers: Sequence[Transfer]) -> tuple[TransferRow, ...]:
    """The rows of a page of transfers loaded by `transfers_query`."""
    return tuple(TransferRow(transfer, transfer.control_recipe, transfer_state(transfer)) for transfer in transfers)


def transfer_counts() -> dict[str, int]:
    """How many transfers there are in each state."""
    return dict(Transfer.objects.order_by().values_list("state").annotate(Count("pk")))


def transfer_trace(transfer_id: int) -> TransferTrace:
    """Everything about one transfer; raises `Transfer.DoesNotExist`."""
    transfer = Transfer.objects.select_related(
        "control_recipe__unit", "control_recipe__master_recipe", "channel__controller__profile"
    ).get(pk=transfer_id)
    recipe = transfer.control_recipe
    steps = tuple(transfer.steps.select_related("actor").order_by("pk"))
    return TransferTrace(
        transfer=transfer,
        recipe=recipe,
        state=transfer_state(transfer),
        road=_road(transfer, steps),
        steps=steps,
        events=tuple(transfer.events.order_by("pk")),
        words=_words(transfer),
        story=operation_story(recipe.operation_id),
        order=order_lines_accepted(after_id=recipe.unit.order_line_id - 1)[0],
        acknowledgement="" if transfer.ack_code is None else ack_sentence(transfer.ack_code),
        comparison=_comparison(transfer),
        other_attempts=tuple(
            Transfer.objects.filter(control_recipe__operation=recipe.operation_id)
            .exclude(pk=transfer.pk)
            .select_related("control_recipe")
            .order_by("pk")
        ),
    )


def _road(transfer: Transfer, steps: Sequence[TransferStep]) -> tuple[RoadStep, ...]:
    """The strip of states: those passed with their time, the present one, those ahead.

    A gateway may record several states at once; what lies before a passed state was passed with it.
    """
    times = {step.to_state: step.at for step in steps}
    present = TransferState(transfer.state)
    road = list(ROAD)
    if present not in road:
        reached = max((road.index(TransferState(state)) for state in times if state in road), default=0)
        road.insert(reached + 1, present)
    here = road.index(present)
    finished = present is TransferState.DONE
    return tuple(
        RoadStep(
            name=state.value,
            place="passed" if index < here or (finished and index == here) else "here" if index == here else "ahead",
            at=times.get(state.value) if index <= here else None,
        )
        for index, state in enumerate(road)
    )


def _words(transfer: Transfer) -> tuple[WordRow, ...]:
    profile = profile_of(transfer.channel.controller.profile)
    start = profile.channel(transfer.channel.index).staging.address + profile.address_base
    meanings = {
        value["position"]: f"{value['name']} {value['value']} {value['unit']}".strip()
        for value in transfer.control_recipe.values
    }
    return tuple(
        WordRow(start + position, f"0x{word:04X}", meanings.get(position, "continued"))
        for position, word in enumerate(transfer.control_recipe.words)
    )


def _comparison(transfer: Transfer) -> tuple[Comparison, ...]:
    """What we sent beside the last reading of the station's status block; `same` only where both say something."""
    reading: dict[str, Any] = transfer.last_reading or {}
    recipe = transfer.control_recipe
    number = sequence_word(transfer.sequence_number) if transfer.sequence_number else None
    sent = {
        "station": transfer.channel.station_code,
        "last_sequence": number,
        "ack_sequence": number,
        "ack_code": None,
        "active_job": str(recipe.job_id),
        "active_crc": recipe.crc,
        "active_length": len(recipe.words),
        "state": None,
        "locked": None,
    }
    rows = []
    for name, ours in sent.items():
        theirs = reading.get(name)
        same = None if ours is None or name not in reading else ours == theirs
        rows.append(Comparison(LABELS[name], _shown(name, ours), _shown(name, theirs), same))
    return tuple(rows)


LABELS = {
    "station": "Station",
    "last_sequence": "Last number seen",
    "ack_sequence": "Number answered",
    "ack_code": "Answer",
    "active_job": "Job in the active slot",
    "active_crc": "CRC-32 of that job",
    "active_length": "Words of that job",
    "state": "Machine",
    "locked": "Locked at the panel",
}
UUID_LENGTH = 36


def _shown(name: str, value: Any) -> str:
    """A register's value as people compare it; of an identifier the ends, all of it is compared beside."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "ack_code":
        return AckCode(value).name if value in set(AckCode) else str(value)
    if name == "active_crc":
        return f"{value >> 16:04X} {value & 0xFFFF:04X}"
    text = str(value)
    return f"{text[:8]}…{text[-4:]}" if len(text) == UUID_LENGTH and text.count("-") == 4 else text
