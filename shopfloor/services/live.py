"""Telling open boards that something on the floor changed."""

from collections.abc import Iterable
from datetime import datetime

from foundation.api import live_publish

TOPIC = "floor"


def floor_changed(channels: int | Iterable[int], *, at: datetime) -> None:
    """Wake the boards; they read the news themselves, so the message only says which channels are concerned."""
    concerned = [channels] if isinstance(channels, int) else sorted(set(channels))
    live_publish(topic=TOPIC, payload={"channels": concerned}, at=at)
