"""G6: what a controller reports is deleted there only after it is committed here; told twice it counts once."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from foundation.api import clock_jump
from planning.models import Operation, OperationFeedback, OperationState
from shopfloor.engine.events import RingEvent
from shopfloor.gateway.store import PlantStore, StoreUnavailable
from shopfloor.models import ControllerEvent
from tests.integration.gateway.running_plant import running_plant, until
from tests.integration.shopfloor.paint_shop import MONDAY, Floor, build_floor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def floor(db: None) -> Floor:
    return build_floor()


class LosesAnswers:
    """A database whose first answers to a report are lost after, or before, they were committed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, commits: bool, times: int) -> None:
        self.left, self.told = times, []
        ingest = PlantStore.ingest

        async def lose(store: PlantStore, controller_id: int, events: Sequence[RingEvent]) -> int:
            self.told.append([event.sequence for event in events])
            if not self.left:
                return await ingest(store, controller_id, events)
            self.left -= 1
            if commits:
                await ingest(store, controller_id, events)
            raise StoreUnavailable("the connection broke")

        monkeypatch.setattr(PlantStore, "ingest", lose)


@pytest.mark.parametrize("commits", [True, False])
def test_events_whose_acknowledgement_was_lost_are_told_again_and_count_once(floor, tmp_path, monkeypatch, commits):
    floor.operation(seconds=600)
    database = LosesAnswers(monkeypatch, commits=commits, times=2)

    with running_plant(tmp_path):
        until(lambda: Operation.objects.filter(state=OperationState.RUNNING).exists())
        clock_jump(to=MONDAY + timedelta(hours=1))
        until(lambda: len(database.told) >= 3 and Operation.objects.filter(state=OperationState.DONE).exists())

    assert sum(1 in told for told in database.told) >= 2
    assert list(ControllerEvent.objects.order_by("sequence").values_list("kind", flat=True)) == ["STARTED", "COMPLETED"]
    assert OperationFeedback.objects.count() == 2
    assert Operation.objects.get().good == 1


def test_acknowledged_before_it_is_committed_an_event_would_be_lost(floor, tmp_path, monkeypatch):
    """Negative control: a store that says yes without keeping anything."""
    floor.operation(seconds=600)
    ingest, promised = PlantStore.ingest, []

    async def say_yes_first(store: PlantStore, controller_id: int, events: Sequence[RingEvent]) -> int:
        if not promised:
            promised.extend(event.sequence for event in events)
            return max(promised)
        return await ingest(store, controller_id, events)

    monkeypatch.setattr(PlantStore, "ingest", say_yes_first)

    with running_plant(tmp_path):
        until(lambda: bool(promised))
        clock_jump(to=MONDAY + timedelta(hours=1))
        until(lambda: ControllerEvent.objects.filter(kind="COMPLETED").exists())

    assert not ControllerEvent.objects.filter(sequence__in=promised).exists()
