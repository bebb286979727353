"""The states of a station after PackML (ISA-TR88.00.02), and what may follow what.

Only the states a recipe can meet are here; mode changes and maintenance stay with the machine's own panel.
"""

from collections.abc import Mapping
from enum import IntEnum


class PackMLState(IntEnum):
    """State numbers as PackML tags report them."""

    CLEARING = 1
    STOPPED = 2
    STARTING = 3
    IDLE = 4
    SUSPENDED = 5
    EXECUTE = 6
    STOPPING = 7
    ABORTING = 8
    ABORTED = 9
    HOLDING = 10
    HELD = 11
    RESETTING = 15
    COMPLETING = 16
    COMPLETE = 17


_STATE = PackMLState
_STOP_ROADS = frozenset({_STATE.STOPPING, _STATE.ABORTING})

TRANSITIONS: Mapping[PackMLState, frozenset[PackMLState]] = {
    _STATE.IDLE: frozenset({_STATE.STARTING}) | _STOP_ROADS,
    _STATE.STARTING: frozenset({_STATE.EXECUTE}) | _STOP_ROADS,
    _STATE.EXECUTE: frozenset({_STATE.COMPLETING, _STATE.HOLDING, _STATE.SUSPENDED}) | _STOP_ROADS,
    _STATE.SUSPENDED: frozenset({_STATE.EXECUTE, _STATE.HOLDING}) | _STOP_ROADS,
    _STATE.HOLDING: frozenset({_STATE.HELD}) | _STOP_ROADS,
    _STATE.HELD: frozenset({_STATE.EXECUTE}) | _STOP_ROADS,
    _STATE.COMPLETING: frozenset({_STATE.COMPLETE}) | _STOP_ROADS,
    _STATE.COMPLETE: frozenset({_STATE.RESETTING}) | _STOP_ROADS,
    _STATE.RESETTING: frozenset({_STATE.IDLE}) | _STOP_ROADS,
    _STATE.STOPPING: frozenset({_STATE.STOPPED, _STATE.ABORTING}),
    _STATE.STOPPED: frozenset({_STATE.RESETTING, _STATE.ABORTING}),
    _STATE.ABORTING: frozenset({_STATE.ABORTED}),
    _STATE.ABORTED: frozenset({_STATE.CLEARING}),
    _STATE.CLEARING: frozenset({_STATE.STOPPED, _STATE.ABORTING}),
}


def takes_recipe(state: PackMLState) -> bool:
    """Whether a station in this state accepts a new recipe."""
    return state is _STATE.IDLE


def state_name(word: int) -> str:
    """The name of a state register's value; a number PackML does not know is shown as such."""
    try:
        return PackMLState(word).name
    except ValueError:
        return f"STATE {word}"
