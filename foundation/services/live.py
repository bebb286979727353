"""Publishing news to open pages."""

import re
from datetime import datetime
from typing import Any

from foundation.models import LiveEvent

TOPIC = re.compile(r"[a-z_]+([:.-][A-Za-z0-9_:.-]+)?\Z")


def live_publish(*, topic: str, payload: dict[str, Any], at: datetime) -> None:
    """Tell the pages that listen to `topic`, when the caller's transaction commits.

    A topic is a word, which decides who may listen, and may go on after a colon: `plan`, `order:<public id>`.
    """
    if not TOPIC.match(topic):
        raise ValueError(f"{topic!r} is not a topic: a lower-case word, then perhaps a colon and a name.")
    LiveEvent.objects.create(topic=topic, payload=payload, at=at)


def live_position() -> int:
    """The newest event's id: a page rendered now loses nothing when it listens at `/live/<topic>/?after=<id>`."""
    return LiveEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
