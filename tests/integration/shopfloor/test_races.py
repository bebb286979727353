"""Two gateways at once: row locks decide, so these run on PostgreSQL. Each has its negative control."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from shopfloor import api
from shopfloor.engine.events import EventKind
from shopfloor.models import ControllerEvent, ControlRecipe, Transfer, Unit
from shopfloor.services import transfers as transfer_services
from tests.integration.shopfloor.paint_shop import HORIZON, MONDAY, WALL, build_floor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("postgres")]
GATEWAYS = 4


def at_once(deed: Callable[[int], Any], times: int = GATEWAYS) -> list[Any]:
    """What the deed returned in each of several threads that began together; exceptions are results too."""
    barrier = threading.Barrier(times)
    results: list[Any] = [None] * times

    def run(place: int) -> None:
        try:
            barrier.wait(10)
            results[place] = deed(place)
        except Exception as error:  # noqa: BLE001 - an exception is one of the possible results
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def claim(place: int) -> tuple[api.ClaimedTransfer, ...]:
    return api.transfers_claim(gateway=f"gateway-{place}", now=MONDAY, wall=WALL)


def test_of_several_gateways_one_gets_the_transfer():
    floor = build_floor()
    floor.released()

    claims = at_once(claim)

    assert sorted(len(found) for found in claims) == [0] * (GATEWAYS - 1) + [1]


def test_without_the_condition_several_gateways_would_hold_one_transfer(monkeypatch):
    """Negative control of the test above."""
    floor = build_floor()
    floor.released()
    everybody_ready = threading.Barrier(GATEWAYS)
    claimable = transfer_services._claimable

    def all_read_before_anyone_writes(*arguments: Any) -> list[Transfer]:
        found = claimable(*arguments)
        everybody_ready.wait(10)
        return found

    def claim_blindly(transfer: Transfer, gateway: str, wall: Any) -> bool:
        Transfer.objects.filter(pk=transfer.pk).update(gateway=gateway)
        return True

    monkeypatch.setattr(transfer_services, "_claimable", all_read_before_anyone_writes)
    monkeypatch.setattr(transfer_services, "_claim", claim_blindly)
    monkeypatch.setattr(transfer_services, "claimed_transfer", lambda row: row.pk)

    claims = at_once(claim)

    assert sum(len(found) for found in claims) == GATEWAYS


def test_two_transfers_of_one_channel_never_go_to_two_gateways():
    floor = build_floor()
    floor.queued_behind(floor.released(), planned_start=MONDAY)

    claims = at_once(claim)

    assert sum(len(found) for found in claims) == 1


def test_an_operation_becomes_one_recipe_however_many_release_it():
    floor = build_floor()
    floor.operation()

    released = at_once(lambda place: api.recipes_release(now=MONDAY, horizon=HORIZON))

    assert sorted(released) == [0] * (GATEWAYS - 1) + [1]
    assert (ControlRecipe.objects.count(), Unit.objects.count()) == (1, 1)


def test_two_operations_of_one_new_unit_write_its_serial_once():
    floor = build_floor()
    order = floor.order()
    floor.operation("BOOTH-1", order=order)
    floor.operation("BOOTH-2", order=order)

    at_once(lambda place: api.recipes_release(now=MONDAY, horizon=HORIZON))

    assert Unit.objects.count() == 1
    assert ControlRecipe.objects.count() == 2


def test_events_told_by_several_gateways_count_once():
    floor = build_floor()
    claimed = floor.claimed(state="COMMITTED")
    event = floor.event(1, EventKind.COMPLETED, claimed.job_id, good=1)

    results = at_once(lambda place: floor.report(event))

    assert results == [1] * GATEWAYS
    assert ControllerEvent.objects.count() == 1
    assert Transfer.objects.get().steps.filter(to_state="DONE").count() == 1
