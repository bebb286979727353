"""What the gateway found at a controller's address, and where a controller is to be found."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from shopfloor.engine.transfer import LAST_SEQUENCE_WORD, is_newer, sequence_word
from shopfloor.models import Channel, Controller, ControllerState
from shopfloor.services.live import floor_changed

FRESH = timedelta(seconds=1)
"""How old the stored time of the last reading may grow before it is written again."""


def controller_seen(
    *, controller_id: int, boot_id: int, now: datetime, wall: datetime | None = None, health: Mapping[str, Any]
) -> None:
    """Note that the right controller answered and what it said; a reading that brings no news costs one read.

    `health["channels"]` may hold {index: {"sequence": word, "state": ..., "job_id": ...}}. A sequence number the
    controller knows and this database does not (it was restored from a backup) raises the channel's own.
    """
    wall = wall or now
    document = _jsonable(health)
    controller = Controller.objects.filter(pk=controller_id).first()
    if controller is None:
        return
    news = controller.state != ControllerState.LINKED or controller.boot_id != boot_id or controller.health != document
    if not news and controller.last_seen_at is not None and wall - controller.last_seen_at < FRESH:
        return
    changes: dict[str, Any] = {"last_seen_at": wall}
    if news:
        changes |= {"boot_id": boot_id, "health": document, "state": ControllerState.LINKED, "silent_reason": ""}
    if controller.state != ControllerState.LINKED:
        changes["state_since"] = wall
    with transaction.atomic():
        Controller.objects.filter(pk=controller_id).update(**changes)
        if news:
            _raise_sequences(controller_id, document.get("channels", {}))
        if controller.state != ControllerState.LINKED or _visible(controller.health) != _visible(document):
            floor_changed(Channel.objects.filter(controller_id=controller_id).values_list("pk", flat=True), at=now)


def controller_silent(
    *, controller_id: int, now: datetime, wall: datetime | None = None, reason: str, mismatch: bool = False
) -> None:
    """Note that a controller does not answer, or that another one answers at its address; said once per change."""
    wall = wall or now
    state = ControllerState.MISMATCH if mismatch else ControllerState.SILENT
    with transaction.atomic():
        changed = (
            Controller.objects.filter(pk=controller_id)
            .exclude(Q(state=state) & Q(silent_reason=reason[:300]))
            .update(state=state, silent_reason=reason[:300], state_since=wall)
        )
        if changed:
            floor_changed(Channel.objects.filter(controller_id=controller_id).values_list("pk", flat=True), at=now)


@transaction.atomic
def controllers_address(*, ports: Mapping[str, int], host: str = "127.0.0.1") -> int:
    """Where to find controllers from now on, by code; how many there were."""
    return sum(Controller.objects.filter(code=code).update(host=host, port=port) for code, port in ports.items())


def _raise_sequences(controller_id: int, channels: Mapping[str, Any]) -> None:
    """Lift channels whose controller has seen a newer sequence number than was ever given out here."""
    if not channels:
        return
    for channel in Channel.objects.filter(controller_id=controller_id):
        word = (channels.get(str(channel.index)) or {}).get("sequence")
        if not word:
            continue
        last = channel.last_sequence
        known = sequence_word(last) if last else 0
        if is_newer(word, known):
            lifted = last + (word - known) % LAST_SEQUENCE_WORD if known else word
            Channel.objects.filter(pk=channel.pk).update(last_sequence=Greatest(F("last_sequence"), lifted))


def _visible(health: Mapping[str, Any]) -> dict[str, Any]:
    """What boards show of a reading; counters change all the time and wake nobody."""
    channels = health.get("channels", {})
    return {index: (channel.get("state"), channel.get("locked")) for index, channel in channels.items()}


def _jsonable(health: Mapping[Any, Any]) -> dict[str, Any]:
    """The health as the database gives it back: JSON has text keys only, and comparing must not see news there."""
    return {
        str(key): _jsonable(value) if isinstance(value, Mapping) else _plain(value) for key, value in health.items()
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | str | list | None) else str(value)
