"""Deeds that are done at the same moment, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections


def at_once(deeds: Sequence[Callable[[], Any]], seconds: float = 60) -> list[Any]:
    """What each deed gave; an exception is one of the possible results."""
    start = threading.Barrier(len(deeds))
    results: list[Any] = [None] * len(deeds)

    def run(place: int) -> None:
        try:
            start.wait(10)
            results[place] = deeds[place]()
        except Exception as error:  # noqa: BLE001 - an exception is one of the possible results
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,), daemon=True) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
        assert not thread.is_alive(), "the deeds wait for each other"
    return results
