"""Why an order ends when it does."""

from datetime import timedelta

import pytest

from planning.loading import plant_floor
from planning.models import Assignment, LivePlan, Operation, Plan, ProductionOrder, Station
from planning.selectors.chain import BUSY, CHANGEOVER, CLOSED, WAITS, WORK, Chain, order_chains
from planning.selectors.gantt import Window, bars, changeover_bars, closures, seams
from planning.selectors.load import load_map
from planning.selectors.plans import plan_diff
from tests.integration.planning.workshop import MONDAY, Workshop

HOUR = timedelta(hours=1)


@pytest.fixture
def workshop(db: None) -> Workshop:
    return Workshop()


def laid(workshop: Workshop, *rows: tuple[ProductionOrder, str, str, float], number: int = 7) -> Plan:
    """A plan by hand: order, operation's name, station, hours after Monday six o'clock."""
    plan = Plan.objects.create(plant=workshop.plant, number=number, made_at=MONDAY)
    for order, name, station, hours in rows:
        operation = Operation.objects.get(production_order=order, name=name)
        start = MONDAY + hours * HOUR
        Assignment.objects.create(
            plan=plan,
            operation=operation,
            station=Station.objects.get(code=station),
            start=start,
            end=start + timedelta(seconds=operation.seconds),
        )
    return plan


def chain(workshop: Workshop, plan: Plan, order: ProductionOrder) -> Chain:
    return order_chains(plan, plant_floor(workshop.plant, MONDAY), [order.pk])[order.pk]


def kinds(found: Chain) -> list[str]:
    return [link.kind for link in found.links]


def test_an_order_that_never_waits_is_held_up_by_its_work_alone(workshop):
    order = workshop.production_order()
    plan = laid(workshop, (order, "Paint the shade", "BOOTH", 0), (order, "Assemble", "BENCH-1", 1 / 3))

    found = chain(workshop, plan, order)

    assert kinds(found) == [WORK, WORK]
    assert found.binding is None


def test_an_order_waits_for_the_one_before_it_on_the_station_and_for_the_changeover(workshop):
    white, black = workshop.production_order(colour="white"), workshop.production_order(colour="black")
    plan = laid(workshop, (white, "Paint the shade", "BOOTH", 0), (black, "Paint the shade", "BOOTH", 2 / 3))

    found = chain(workshop, plan, black)

    assert kinds(found) == [WORK, CHANGEOVER, BUSY]
    assert found.links[1].text == "white → black"
    assert found.links[2].other == white.number


def test_a_night_between_two_operations_is_a_closed_station(workshop):
    order = workshop.production_order()
    plan = laid(workshop, (order, "Paint the shade", "BOOTH", 7.5), (order, "Assemble", "BENCH-1", 24))

    found = chain(workshop, plan, order)

    assert found.binding is not None
    assert found.binding.kind == CLOSED
    assert (found.binding.start, found.binding.end) == (MONDAY + 8 * HOUR, MONDAY + 24 * HOUR)


def test_a_wait_nothing_stands_behind_is_told_as_such(workshop):
    order = workshop.production_order()
    plan = laid(workshop, (order, "Paint the shade", "BOOTH", 2))

    assert kinds(chain(workshop, plan, order)) == [WORK, WAITS]


def test_chains_of_many_orders_cost_no_more_questions(workshop, django_assert_num_queries):
    orders = [workshop.production_order() for _ in range(4)]
    plan = laid(workshop, *((order, "Paint the shade", "BOOTH", n) for n, order in enumerate(orders)))
    floor = plant_floor(workshop.plant, MONDAY)

    with django_assert_num_queries(3):
        assert len(order_chains(plan, floor, [order.pk for order in orders])) == 4


def test_the_chart_shows_changeovers_closed_stations_and_folds_what_nobody_works(workshop):
    white, black = workshop.production_order(colour="white"), workshop.production_order(colour="black")
    plan = laid(workshop, (white, "Paint the shade", "BOOTH", 0), (black, "Paint the shade", "BOOTH", 2 / 3))
    floor, window = plant_floor(workshop.plant, MONDAY), Window(MONDAY, MONDAY + 24 * HOUR)

    (changeover,) = changeover_bars(plan, floor, window)

    assert changeover["text"] == "white → black, 20 min"
    assert changeover["end"] - changeover["start"] == 20 * 60 * 1000
    assert closures(floor, window) == []  # the stations share one calendar: the night is folded instead
    assert len(seams(floor, window)) == 1


def test_a_bar_says_whether_its_order_is_late(workshop):
    order = workshop.production_order()
    plan = laid(workshop, (order, "Paint the shade", "BOOTH", 0))
    window = Window(MONDAY, MONDAY + 24 * HOUR)

    (on_time,) = bars(plan, window, MONDAY)
    ProductionOrder.objects.filter(pk=order.pk).update(due=MONDAY)
    (late,) = bars(plan, window, MONDAY)

    assert (on_time["late"], late["late"]) == (False, True)


def test_a_plan_says_what_it_changes_for_whom(workshop):
    kept, moved, new = (workshop.production_order() for _ in range(3))
    ProductionOrder.objects.filter(pk=moved.pk).update(due=MONDAY + HOUR)
    base = laid(workshop, (kept, "Paint the shade", "BOOTH", 0), (moved, "Paint the shade", "BOOTH", 4), number=1)
    plan = laid(
        workshop,
        (kept, "Paint the shade", "BOOTH", 0),
        (moved, "Paint the shade", "BOOTH", 1 / 3),
        (new, "Paint the shade", "BOOTH", 1),
        number=2,
    )

    diff = plan_diff(base, plan)

    assert [move.order for move in diff.promises] == [moved]
    assert [move.order for move in diff.new] == [new]
    assert diff.earlier[0].was_late
    assert not diff.earlier[0].is_late
    assert diff.moved_operations == 1


def test_the_load_of_a_line_is_what_is_planned_of_its_open_hours(workshop):
    workshop.production_order(quantity=6)
    live = workshop.live()
    assert LivePlan.objects.get(plant=workshop.plant).plan == live

    load = load_map(plant_floor(workshop.plant, MONDAY), MONDAY)

    paint = next(row for row in load.rows if row.line.code == "PAINT")
    assert paint.cells[0].percent == 25  # six shades of twenty minutes in eight hours
    assert [day.isoweekday() for day in load.days[:6]] == [1, 2, 3, 4, 5, 1]
