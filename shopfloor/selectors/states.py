"""What state a station or a transfer is in, in one word, one tone and one icon for every page."""

from dataclasses import dataclass
from typing import Any

from shopfloor.engine.packml import PackMLState, state_name
from shopfloor.models import Controller, ControllerState, Transfer, TransferState

STOPPED = {
    PackMLState.STOPPED,
    PackMLState.STOPPING,
    PackMLState.ABORTED,
    PackMLState.ABORTING,
    PackMLState.HELD,
    PackMLState.HOLDING,
    PackMLState.SUSPENDED,
}


@dataclass(frozen=True, slots=True)
class StationState:
    """`tone` is good, warn, bad or idle; `icon` a symbol of the sprite; `text` says more where there is more."""

    word: str
    tone: str
    icon: str
    text: str = ""


TRANSFER_STATES = {
    TransferState.PENDING: ("waiting", "idle", "clock"),
    TransferState.STAGED: ("loading", "idle", "download"),
    TransferState.VERIFIED: ("loading", "idle", "download"),
    TransferState.COMMITTED: ("loading", "idle", "download"),
    TransferState.ACKNOWLEDGED: ("loaded", "good", "check"),
    TransferState.RUNNING: ("running", "good", "play"),
    TransferState.DONE: ("done", "idle", "check"),
    TransferState.REFUSED: ("refused", "bad", "alarm"),
    TransferState.UNKNOWN: ("unknown", "warn", "question"),
}


def transfer_state(transfer: Transfer) -> StationState:
    """The state of one transfer."""
    word, tone, icon = TRANSFER_STATES[TransferState(transfer.state)]
    if transfer.state == TransferState.PENDING and transfer.reason:
        tone = "warn"
    return StationState(word, tone, icon, transfer.reason)


def channel_health(controller: Controller, index: int) -> dict[str, Any]:
    """What the controller last said about one of its channels."""
    channels = controller.health.get("channels", {})
    return channels.get(str(index), {}) if isinstance(channels, dict) else {}


def station_state(controller: Controller | None, index: int, current: Transfer | None) -> StationState:
    """The state of a station: doubt and refusal first, then the link, then the machine, then the work."""
    if current is not None and current.state in (TransferState.UNKNOWN, TransferState.REFUSED):
        return transfer_state(current)
    if controller is None:
        return StationState("no controller", "idle", "offline", "No controller serves this station.")
    if controller.state == ControllerState.MISMATCH:
        return StationState("wrong link", "bad", "alarm", controller.silent_reason)
    if controller.state != ControllerState.LINKED:
        return StationState(
            "no link", "warn", "offline", controller.silent_reason or "The controller was not seen yet."
        )
    health = channel_health(controller, index)
    machine = health.get("state")
    if machine in {state.value for state in STOPPED} | {state.name for state in STOPPED}:
        word = state_name(machine) if isinstance(machine, int) else str(machine)
        return StationState("stopped", "bad", "stop", f"The machine says {word}.")
    if health.get("locked"):
        return StationState("locked", "warn", "lock", "The station is locked at its panel.")
    if current is not None and current.state != TransferState.DONE:
        return transfer_state(current)
    return StationState("free", "idle", "pause")
