"""Controllers as people see them: link, boot, stations, and what came that nobody could use."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from shopfloor.engine.packml import state_name
from shopfloor.engine.register_map import Area, Block, DriverProfile
from shopfloor.loading import profile_of
from shopfloor.models import Channel, Controller, ControllerEvent, ControllerState, Transfer, TransferState
from shopfloor.models import DriverProfile as DriverProfileRow
from shopfloor.selectors.states import channel_health

LINK_TONES = {
    ControllerState.LINKED: ("good", "check"),
    ControllerState.UNSEEN: ("idle", "clock"),
    ControllerState.SILENT: ("warn", "offline"),
    ControllerState.MISMATCH: ("bad", "alarm"),
}


@dataclass(frozen=True, slots=True)
class ChannelView:
    """One station of a controller."""

    index: int
    station_code: str
    machine: str
    locked: bool
    last_sequence: int
    waiting: int
    in_doubt: int


@dataclass(frozen=True, slots=True)
class ControllerView:
    """One controller; times of the link are real time."""

    id: int
    code: str
    address: str
    profile: DriverProfileRow
    enabled: bool
    word: str
    tone: str
    icon: str
    reason: str
    state_since: datetime | None
    last_seen_at: datetime | None
    boot_id: int | None
    channels: tuple[ChannelView, ...]
    parked: int


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line of a register table; the address is counted as the controller's manual counts."""

    address: int
    registers: int
    block: str
    name: str
    type: str
    access: str


def controllers_view() -> tuple[ControllerView, ...]:
    """Every controller with its stations and queues; the number of queries does not depend on how many there are."""
    queues = {
        row["channel"]: row
        for row in Transfer.objects.order_by()
        .values("channel")
        .annotate(
            waiting=Count("pk", filter=Q(state=TransferState.PENDING)),
            in_doubt=Count("pk", filter=Q(state=TransferState.UNKNOWN)),
        )
    }
    parked = dict(ControllerEvent.objects.exclude(parked="").order_by().values_list("source").annotate(Count("pk")))
    rows = Controller.objects.select_related("profile").prefetch_related("channels")
    return tuple(_controller_view(row, queues, parked) for row in rows.order_by("code"))


def _controller_view(controller: Controller, queues: dict, parked: dict) -> ControllerView:
    tone, icon = LINK_TONES[ControllerState(controller.state)]
    return ControllerView(
        id=controller.pk,
        code=controller.code,
        address=f"{controller.host}:{controller.port}, unit {controller.unit_id}",
        profile=controller.profile,
        enabled=controller.enabled,
        word=ControllerState(controller.state).label if controller.enabled else "switched off",
        tone=tone if controller.enabled else "idle",
        icon=icon if controller.enabled else "pause",
        reason=controller.silent_reason,
        state_since=controller.state_since,
        last_seen_at=controller.last_seen_at,
        boot_id=controller.boot_id,
        channels=tuple(
            _channel_view(controller, channel, queues.get(channel.pk, {}))
            for channel in sorted(controller.channels.all(), key=lambda channel: channel.index)
        ),
        parked=parked.get(controller.code, 0),
    )


def _channel_view(controller: Controller, channel: Channel, queue: dict) -> ChannelView:
    health = channel_health(controller, channel.index)
    machine = health.get("state", "")
    return ChannelView(
        index=channel.index,
        station_code=channel.station_code,
        machine=state_name(machine) if isinstance(machine, int) else str(machine),
        locked=bool(health.get("locked")),
        last_sequence=channel.last_sequence,
        waiting=queue.get("waiting", 0),
        in_doubt=queue.get("in_doubt", 0),
    )


def parked_events(limit: int = 100) -> tuple[ControllerEvent, ...]:
    """The newest events that could not be used, with the reason each."""
    return tuple(ControllerEvent.objects.exclude(parked="").order_by("-pk")[:limit])


def register_table(row: DriverProfileRow) -> tuple[RegisterRow, ...]:
    """Every field of the map in the order of its addresses; of channels and ring slots, the first one."""
    return tuple(sorted(_register_rows(profile_of(row)), key=lambda register: register.address))


def _register_rows(profile: DriverProfile) -> Iterator[RegisterRow]:
    first = profile.channel(0)
    blocks: tuple[tuple[str, Block, str], ...] = (
        ("identity", profile.identity, "read"),
        ("overview", profile.overview, "read"),
        ("consumed", profile.consumed, "write"),
        ("event ring, slot 1", profile.ring.slot, "read"),
        ("channel 0, command", first.command, "write"),
        ("channel 0, status", first.status, "read"),
        ("channel 0, line data", first.data, "read"),
    )
    base = profile.address_base
    for title, block, access in blocks:
        for name, field in block.fields.items():
            yield RegisterRow(
                block.address + field.offset + base, field.type.registers, title, name, str(field.type), access
            )
    yield RegisterRow(first.sequence + base, 1, "channel 0", "sequence", "u16", "write, alone and last")
    areas: tuple[tuple[str, Area, str], ...] = (("staging", first.staging, "write"), ("active", first.active, "read"))
    for name, area, access in areas:
        yield RegisterRow(area.address + base, area.size, "channel 0", name, "recipe words", access)
