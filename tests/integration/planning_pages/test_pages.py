"""Pages of the console: who may see them, that each says what is so, and that none asks more as the plant grows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from foundation.roles import Role
from planning.models import Operation, OperationState, ProductionOrder, ProductionOrderState
from planning.services.solve import plan_request
from tests.integration.planning_pages.workshop import MONDAY, build_workshop, learn_routing

PAGES = ["home", "plan", "plan-table", "orders", "late", "plans"]
VERBS = [
    ("make", []),
    ("orders-pull", []),
    ("order-retry", ["2027-00001-1"]),
    ("publish", [1]),
]


def page(console, name: str, *arguments: object, **query: object) -> str:
    answer = console.get(reverse(f"planning:{name}", args=arguments), query)
    assert answer.status_code == 200
    return answer.content.decode()


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_has_to_sign_in(client, workshop, name):
    answer = client.get(reverse(f"planning:{name}"))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("login"))


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.OPERATOR, Role.INTEGRATOR, Role.PRODUCT_MANAGER, Role.CONTROLLER])
@pytest.mark.parametrize("name", PAGES)
def test_the_console_is_closed_to_everybody_else(client, workshop, person, name, role):
    client.force_login(person("somebody", role))

    assert client.get(reverse(f"planning:{name}")).status_code == 403


@pytest.mark.parametrize(("name", "arguments"), VERBS)
def test_nobody_else_can_do_anything_there(client, workshop, person, name, arguments):
    workshop.orders()
    workshop.draft()
    client.force_login(person("olga", Role.OPERATOR))

    assert client.post(reverse(f"planning:{name}", args=arguments)).status_code == 403


@pytest.mark.parametrize(("name", "arguments"), VERBS)
def test_what_changes_something_cannot_be_linked_to(console, workshop, name, arguments):
    assert console.get(reverse(f"planning:{name}", args=arguments)).status_code == 405


# ---------------------------------------------------------------- empty


@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_a_plant_says_so(console, db, name):
    assert "plant" in page(console, name).lower()


@pytest.mark.parametrize("name", PAGES)
def test_a_plant_without_a_plan_says_what_to_do(console, workshop, name):
    assert reverse("planning:make") in page(console, name)


# ---------------------------------------------------------------- orders


def test_orders_are_found_by_their_customer(console, workshop):
    workshop.order_line(name="Ada")
    workshop.orders(name="Grace")

    found = page(console, "orders", q="grac")

    assert "Grace" in found
    assert "Ada" not in found


@pytest.mark.parametrize(("state", "shown"), [("open", 2), ("blocked", 1), ("", 3)])
def test_orders_are_filtered_by_state(console, workshop, state, shown):
    stopped, *_ = workshop.orders(3)
    ProductionOrder.objects.filter(pk=stopped.pk).update(state=ProductionOrderState.BLOCKED, reason="No station bends.")

    answer = console.get(reverse("planning:orders"), {"state": state})

    assert len(answer.context["rows"]) == shown


def test_a_late_order_is_listed_with_by_how_much(console, workshop):
    workshop.orders()
    workshop.live(late=timedelta(hours=2, minutes=15))

    assert "2027-00001-1" in page(console, "late")
    assert "2 h 15" in page(console, "late")
    assert "2027-00001-1" in page(console, "orders", state="late")


def test_when_all_keep_their_promise_the_late_page_says_so(console, workshop):
    workshop.orders()
    workshop.live()

    assert 'class="empty"' in page(console, "late")


def test_an_order_shows_its_steps_where_they_are_planned_and_what_really_happened(console, workshop):
    workshop.orders()
    workshop.live()
    first = Operation.objects.order_by("position").first()
    Operation.objects.filter(pk=first.pk).update(
        state=OperationState.DONE, actual_start=MONDAY + timedelta(minutes=7), actual_end=MONDAY + timedelta(minutes=66)
    )

    shown = page(console, "order", "2027-00001-1")

    assert "Build scooter" in shown
    assert "Packing table" in shown
    assert "done" in shown


def test_an_unknown_order_is_not_found(console, workshop):
    assert console.get(reverse("planning:order", args=["nothing"])).status_code == 404


@pytest.fixture
def unrouted(db):
    return build_workshop(routed=False)


def test_a_blocked_order_says_why_and_stays_blocked_while_nothing_was_mended(console, unrouted):
    unrouted.orders()

    (reason,) = ProductionOrder.objects.values_list("reason", flat=True)
    assert reason.endswith(".")
    assert escape(reason) in page(console, "order", "2027-00001-1")
    answer = console.post(reverse("planning:order-retry", args=["2027-00001-1"]), follow=True)

    assert "is still blocked" in answer.content.decode()


def test_a_blocked_order_can_be_routed_again_after_the_plant_was_mended(console, unrouted):
    unrouted.orders()
    learn_routing()

    answer = console.post(reverse("planning:order-retry", args=["2027-00001-1"]), follow=True)

    assert "can be planned now" in answer.content.decode()
    assert ProductionOrder.objects.get().state == ProductionOrderState.OPEN
    assert Operation.objects.count() == 2


# ---------------------------------------------------------------- home


def test_home_shows_the_late_order_and_leads_to_it(console, workshop):
    workshop.orders()
    workshop.live(late=timedelta(hours=3))

    shown = page(console, "home")

    assert reverse("planning:order", args=["2027-00001-1"]) in shown
    assert reverse("planning:late") in shown


def test_home_shows_that_a_plan_is_being_made(console, workshop):
    workshop.orders()
    run = plan_request(plant=workshop.plant, budget_seconds=30, actor=None, now=MONDAY)

    assert reverse("planning:solve", args=[run.public_id]) in page(console, "home")


# ---------------------------------------------------------------- plan


def bars(console, **query: object):
    return console.get(reverse("planning:plan-bars"), query)


def window() -> dict[str, int]:
    start = int(MONDAY.timestamp() * 1000)
    return {"from": start, "to": start + 24 * 3600 * 1000}


def test_the_bars_of_a_window_are_those_of_the_live_plan(console, workshop):
    workshop.orders(2)
    workshop.live()

    data = bars(console, **window()).json()

    assert len(data["bars"]) == 4
    assert {bar["order"] for bar in data["bars"]} == {"2027-00001-1", "2027-00002-1"}
    assert [line["name"] for line in data["lines"]] == ["Workshop", "Dock"]


def test_what_was_really_done_stands_where_it_was_done(console, workshop):
    workshop.orders()
    workshop.live()
    first = Operation.objects.order_by("position").first()
    begun = MONDAY + timedelta(minutes=7)
    Operation.objects.filter(pk=first.pk).update(state=OperationState.RUNNING, actual_start=begun)

    (bar,) = [bar for bar in bars(console, **window()).json()["bars"] if bar["id"] == first.pk]

    assert bar["state"] == "running"
    assert bar["start"] == int(begun.timestamp() * 1000)


@pytest.mark.parametrize("query", [{}, {"from": "x", "to": 1}, {"from": 5, "to": 1}, {"from": 0, "to": 10**13}])
def test_a_window_that_is_none_is_refused_in_words(console, workshop, query):
    workshop.orders()
    workshop.live()

    answer = bars(console, **query)

    assert answer.status_code == 400
    assert answer.content


def test_the_table_says_the_same_as_the_picture(console, workshop):
    workshop.orders()
    workshop.live()

    shown = page(console, "plan-table")

    assert "Bench 1" in shown
    assert "Pack scooter" in shown


def test_only_the_plan_page_loosens_the_policy_for_styles(console, workshop):
    workshop.orders()
    workshop.live()
    policies = {name: console.get(reverse(f"planning:{name}")).headers["Content-Security-Policy"] for name in PAGES}

    assert [name for name, policy in policies.items() if "'unsafe-inline'" in policy] == ["plan"]
    assert "script-src 'self';" in policies["plan"] + ";"


# ---------------------------------------------------------------- constant queries


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_no_more_questions_of_a_full_plant(console, workshop, name):
    workshop.orders(2, quantity=1)
    workshop.live(late=timedelta(hours=1))
    page(console, name)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page(console, name)
    workshop.orders(10, quantity=2)
    workshop.live(late=timedelta(hours=1))
    with CaptureQueriesContext(connection) as many:
        page(console, name)

    assert len(many) <= len(few)
