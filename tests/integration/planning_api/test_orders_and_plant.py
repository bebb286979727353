"""Production orders, stations and stock over the API."""

from datetime import timedelta

import pytest

from foundation.models import AuditEntry
from planning.models import ProductionOrder, ProductionOrderState, Station, Stock
from planning.rest_api.plant import ITEM_CODE_LENGTH
from tests.integration.planning_pages.workshop import build_workshop, learn_routing


def test_orders_are_listed_with_where_they_stand(planner, workshop):
    workshop.orders(2)
    workshop.live()

    answer = planner.get("/api/v1/production-orders/")

    assert answer.data["count"] == 2
    first = answer.data["results"][0]
    assert (first["number"], first["state"], first["operations"], first["operations_done"]) == (
        "2027-00001-1",
        "open",
        2,
        0,
    )
    assert first["planned_end"] is not None
    assert first["late_by"] is None


def test_orders_are_filtered_by_state_and_word(planner, workshop):
    workshop.orders(1, name="Ada")
    workshop.orders(1, name="Grace")
    ProductionOrder.objects.filter(customer_label__contains="Grace").update(state=ProductionOrderState.BUILT)

    def numbers(**asked):
        return [row["number"] for row in planner.get("/api/v1/production-orders/", asked).data["results"]]

    assert numbers(state="built") == ["2027-00002-1"]
    assert numbers(state="unplanned") == ["2027-00001-1"]
    assert numbers(q="00002") == ["2027-00002-1"]


def test_a_state_that_is_none_is_refused_with_those_there_are(planner, workshop):
    answer = planner.get("/api/v1/production-orders/", {"state": "lost"})

    assert answer.status_code == 400
    assert answer.data["detail"].startswith("'lost' is no state; there are open, blocked,")


def test_late_orders_are_told_with_how_late_they_will_be(planner, workshop):
    workshop.orders()
    workshop.live(late=timedelta(hours=3))

    late = planner.get("/api/v1/late-orders/").data["results"]

    assert [(row["number"], row["late_by"]) for row in late] == [("2027-00001-1", "03:00:00")]


def test_orders_that_keep_their_date_are_not_on_the_late_list(planner, workshop):
    workshop.orders()
    workshop.live()

    assert planner.get("/api/v1/late-orders/").data["count"] == 0


def test_an_order_shows_its_steps_and_its_material(planner, workshop):
    workshop.orders(1, quantity=2)
    workshop.live()

    data = planner.get("/api/v1/production-orders/2027-00001-1/").data

    assert [(step["unit_number"], step["name"], step["station"]) for step in data["steps"]] == [
        (1, "Build scooter", "Bench 1"),
        (1, "Pack scooter", "Packing table"),
        (2, "Build scooter", "Bench 1"),
        (2, "Pack scooter", "Packing table"),
    ]
    assert data["materials"] == {"LAMP": 2}
    assert planner.get("/api/v1/production-orders/2027-00009-1/").status_code == 404


def test_a_blocked_order_is_routed_again_after_its_routing_came(planner, db):
    workshop = build_workshop(routed=False)
    [order] = workshop.orders()
    address = f"/api/v1/production-orders/{order.number}/retry/"

    still = planner.post(address)
    learn_routing()
    mended = planner.post(address)

    assert (still.status_code, still.data["state"]) == (200, "blocked")
    assert "No routing says how Scooter" in still.data["reason"]
    assert (mended.data["state"], len(mended.data["steps"])) == ("open", 2)


def test_an_order_that_is_not_blocked_is_not_routed_again(planner, workshop):
    [order] = workshop.orders()

    answer = planner.post(f"/api/v1/production-orders/{order.number}/retry/")

    assert answer.status_code == 409
    assert answer.data["detail"] == f"{order.number} is open; only a blocked order can be routed again."
    assert order.operations.count() == 2


def test_stations_in_use_are_listed_by_line(planner, workshop):
    Station.objects.filter(code="BENCH-2").update(retired=True)

    answer = planner.get("/api/v1/stations/").data["results"]

    assert [(row["code"], row["line"], row["calendar"], row["capabilities"]) for row in answer] == [
        ("BENCH-1", "SHOP", "day", ["build"]),
        ("PACK", "DOCK", "day", ["pack"]),
    ]


def test_stock_is_counted(planner, workshop):
    assert planner.get("/api/v1/stock/LAMP/").status_code == 404

    new = planner.put("/api/v1/stock/LAMP/", {"quantity": 12})
    again = planner.put("/api/v1/stock/LAMP/", {"quantity": 7})

    assert (new.status_code, again.status_code) == (201, 200)
    assert planner.get("/api/v1/stock/LAMP/").data == {"item_code": "LAMP", "quantity": 7}
    assert planner.get("/api/v1/stock/").data["count"] == 1
    assert [entry.detail for entry in AuditEntry.objects.filter(verb="stock counted").order_by("pk")] == [
        {"before": None, "after": 12},
        {"before": 12, "after": 7},
    ]


@pytest.mark.parametrize("body", [{}, {"quantity": -1}, {"quantity": "many"}, {"quantity": 10**13}, {"quantity": 1.5}])
def test_a_count_that_is_none_is_refused(planner, workshop, body):
    assert planner.put("/api/v1/stock/LAMP/", body).status_code == 400
    assert planner.put(f"/api/v1/stock/{'X' * (ITEM_CODE_LENGTH + 1)}/", {"quantity": 1}).status_code == 400
    assert not Stock.objects.exists()
