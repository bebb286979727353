"""Dates that are quoted, held, confirmed and given back."""

from datetime import timedelta

import pytest
from django.db.models import F

from configurator.api import HoldLapsed, QuoteRequest, Taken
from planning.models import Bucket, Hold, HoldState, OperationState, ProductionOrderState
from planning.promiser import PlanPromiser
from planning.services import capacity
from planning.services.capacity import holds_expire
from planning.services.plant_package import plant_package_import
from planning.services.stock import stock_count
from tests.integration.planning.workshop import MONDAY, PLANT, Workshop

LATER = MONDAY + timedelta(minutes=15)
SHADE_SECONDS = 1200


def quote(workshop: Workshop, quantity: int = 1, promiser: PlanPromiser | None = None, **choices: object):
    selection = {"colour": "white", "bulb": "warm", "height": 500, **choices}
    request = QuoteRequest(workshop.release.pk, selection, quantity)
    return (promiser or PlanPromiser()).quote_many([request], now=MONDAY)[0]


def test_an_empty_plant_quotes_the_work_itself(workshop: Workshop):
    # 20 min painting, 1100 s assembly, 300 s test, two hours of buffer, rounded up to the hour.
    assert quote(workshop).at.isoformat() == "2027-05-10T09:00:00+00:00"


def test_missing_material_sets_the_date_and_is_named(workshop: Workshop):
    answer = quote(workshop, bulb="rare")

    assert answer.at.date().isoformat() == "2027-05-12"
    assert answer.reason == "Rare bulb arrives on 12 May."


def test_material_that_never_comes_is_no_date(workshop: Workshop):
    answer = quote(workshop, quantity=6, bulb="rare")

    assert (answer.at, answer.reason) == (None, "Rare bulb is sold out.")


def test_holds_push_the_next_date_back(workshop: Workshop):
    promiser = PlanPromiser()
    before = quote(workshop, promiser=promiser)
    for _ in range(30):
        promiser.hold(quote(workshop, promiser=promiser), until=LATER, now=MONDAY)

    after = quote(workshop, promiser=promiser)

    assert after.at > before.at
    assert after.reason == "Booth is full."


def two_for_the_last_place(workshop: Workshop) -> list[object]:
    """Two customers are told the same date from the same picture of the plant, then both want it held."""
    promiser, other = PlanPromiser(), PlanPromiser()
    for _ in range(60):
        first, second = quote(workshop, promiser=promiser), quote(workshop, promiser=other)
        booth = Bucket.objects.filter(station__code="BOOTH", day=MONDAY.date()).first()
        if booth is not None and booth.capacity - booth.reserved < 2 * SHADE_SECONDS:
            return [p.hold(q, until=LATER, now=MONDAY) for p, q in ((promiser, first), (other, second))]
        promiser.hold(first, until=LATER, now=MONDAY)
    raise AssertionError("the day never became full")


def booth_is_oversold() -> bool:
    booth = Bucket.objects.get(station__code="BOOTH", day=MONDAY.date())
    return booth.reserved > booth.capacity


@pytest.fixture
def booth_only(db: None) -> Workshop:
    """A workshop whose benches are quick, so that the booth alone sets the date."""
    return Workshop(PLANT.replace("600 + height", "60").replace('"300"', '"30"').replace("14:00", "22:00"))


def test_the_last_place_of_a_day_is_promised_once(booth_only: Workshop):
    held, taken = two_for_the_last_place(booth_only)

    assert isinstance(held, str)
    assert isinstance(taken, Taken)
    assert taken.next.at.date() > MONDAY.date()
    assert not booth_is_oversold()


def test_without_the_condition_the_last_place_would_be_promised_twice(booth_only, monkeypatch):
    """Negative control of the test above: buckets take without looking at what is left."""
    monkeypatch.setattr(capacity, "F", lambda name: F(name) + (10**6 if name == "capacity" else 0))

    assert [type(hold) for hold in two_for_the_last_place(booth_only)] == [str, str]
    assert booth_is_oversold()


def test_a_lapsed_hold_gives_its_capacity_back(workshop: Workshop):
    promiser = PlanPromiser()
    promiser.hold(quote(workshop), until=LATER, now=MONDAY)

    assert holds_expire(now=LATER + timedelta(seconds=1)) == 1
    assert set(Bucket.objects.values_list("reserved", flat=True)) == {0}


def test_a_lapsed_hold_cannot_be_confirmed(workshop: Workshop):
    promiser = PlanPromiser()
    line = workshop.order()
    hold = promiser.hold(quote(workshop), until=LATER, now=MONDAY)
    promiser.release(hold)

    with pytest.raises(HoldLapsed):
        promiser.confirm(hold, line.pk)


def test_a_confirmed_hold_leaves_the_ledger_when_its_order_is_planned(workshop: Workshop):
    workshop.production_order()
    assert Hold.objects.get().state == HoldState.CONFIRMED

    workshop.live()

    assert Hold.objects.get().state == HoldState.PLANNED
    booth = Bucket.objects.get(station__code="BOOTH")
    assert booth.reserved == 1200  # counted once, not as hold and plan


def test_a_cancelled_order_line_gives_back_what_has_not_begun(workshop: Workshop):
    order = workshop.production_order()

    PlanPromiser().cancel(order.order_line_id)

    order.refresh_from_db()
    assert order.state == ProductionOrderState.CANCELLED
    assert Hold.objects.get().state == HoldState.RELEASED


def test_an_order_that_has_begun_is_not_cancelled(workshop: Workshop):
    order = workshop.production_order()
    order.operations.filter(position=0).update(state=OperationState.RUNNING)

    PlanPromiser().cancel(order.order_line_id)

    order.refresh_from_db()
    assert order.state == ProductionOrderState.OPEN


def test_the_promise_is_kept_by_the_plan_made_next(workshop: Workshop):
    orders = [workshop.production_order(colour=colour) for colour in ("white", "black", "white", "black", "white")]

    plan = workshop.live()

    for order in orders:
        end = plan.assignments.filter(operation__production_order=order).latest("end").end
        assert end <= order.due


def test_a_counted_stock_changes_the_next_quote_at_once(workshop: Workshop):
    promiser = PlanPromiser()
    before = quote(workshop, promiser=promiser, bulb="rare")
    stock_count(item_code="BULB-RARE", quantity=10, actor=None, now=MONDAY)

    after = quote(workshop, promiser=promiser, bulb="rare")

    assert (before.at.date().isoformat(), after.at.date().isoformat()) == ("2027-05-12", "2027-05-10")


def test_an_imported_plant_changes_the_next_quote_at_once(workshop: Workshop):
    promiser = PlanPromiser()
    before = quote(workshop, promiser=promiser)
    plant_package_import(source=PLANT.replace("06:00", "10:00"), actor=None, now=MONDAY)

    assert quote(workshop, promiser=promiser).at > before.at
