"""Pages and API of the floor: who may see and decide what, and that each says what is so."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from foundation.models import RoleGrant, User
from foundation.roles import Role
from shopfloor import api
from shopfloor.engine.events import EventKind
from shopfloor.models import Controller, DriverProfile, Transfer
from shopfloor.order_progress import LineProgress
from tests.integration.shopfloor.paint_shop import MONDAY, WALL, advance

PAGES = ["home", "controllers", "transfers"]


@pytest.fixture
def as_operator(client, operator):
    client.force_login(operator)
    return client


def login(client, role: Role):
    user = User.objects.create_user(f"some-{role}", password="not used here")
    RoleGrant.objects.create(user=user, role=role)
    client.force_login(user)
    return client


@pytest.fixture
def doubtful(floor):
    claim = floor.claimed(state="COMMITTED")
    advance(
        claim, "UNKNOWN", reason="No answer in 2 s.", reading={"last_sequence": 1, "active_job": str(uuid.UUID(int=0))}
    )
    return Transfer.objects.get()


def page(client, name: str, *arguments: object) -> str:
    answer = client.get(reverse(f"shopfloor:{name}", args=arguments))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_floor_is_closed_to_customers(client, floor, name):
    answer = login(client, Role.CUSTOMER).get(reverse(f"shopfloor:{name}"))

    assert answer.status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_any_data_says_so(as_operator, name):
    assert 'class="empty"' in page(as_operator, name) or "None." in page(as_operator, name)


def test_the_board_shows_what_runs_and_what_comes(as_operator, floor):
    order = floor.order(quantity=2)
    claim = floor.claimed(order=order, unit=1, state="COMMITTED")
    floor.operation(order=order, unit=2, start=MONDAY + timedelta(minutes=12))
    api.controller_seen(controller_id=claim.controller_id, boot_id=7, now=MONDAY, wall=WALL, health={})
    floor.report(floor.event(1, EventKind.STARTED, claim.job_id))

    text = page(as_operator, "board", "paint")

    assert f"{order.number}-01" in text
    assert "running" in text
    assert f"{order.number}-02" in text
    assert "same as now" in text


def test_the_board_asks_about_a_recipe_in_doubt(as_operator, doubtful):
    assert "did 4155-01 run?" in page(as_operator, "board", "paint")


def test_the_board_says_when_a_controller_is_silent(as_operator, floor):
    controller = Controller.objects.get()
    api.controller_silent(controller_id=controller.pk, now=MONDAY, wall=WALL, reason="No answer in 0.6 s.")

    text = page(as_operator, "board", "paint")

    assert "Controllers do not answer" in text
    assert "no link" in text


def test_a_line_that_is_not_there_is_not_found(as_operator, floor):
    assert as_operator.get("/floor/nowhere/").status_code == 404


def test_the_board_costs_the_same_however_much_is_planned(as_operator, floor, django_assert_max_num_queries):
    for place in range(12):
        floor.operation("BOOTH-1", start=MONDAY + timedelta(minutes=15 * place))
    with django_assert_max_num_queries(20):
        page(as_operator, "board", "paint")


def test_controllers_show_link_queue_and_parked_events(as_operator, floor):
    floor.released()
    floor.report(floor.event(1, EventKind.STARTED, uuid.uuid4()))

    text = page(as_operator, "controllers")

    assert "not seen yet" in text
    assert "The job is not known here." in text


def test_a_profile_is_shown_as_a_table_of_registers(as_operator, floor):
    text = page(as_operator, "profile", DriverProfile.objects.get(code="lw-modular").pk)

    assert "write, alone and last" in text
    assert "canary" in text


def test_transfers_are_found_by_serial_and_state(as_operator, floor):
    transfer = floor.released()
    serial = transfer.control_recipe.unit.serial

    found = as_operator.get(reverse("shopfloor:transfers"), {"q": serial, "state": "PENDING"}).content.decode()
    not_found = as_operator.get(reverse("shopfloor:transfers"), {"q": "nothing"}).content.decode()

    assert serial in found
    assert "No transfer fits this filter." in not_found


def test_the_trace_goes_from_the_register_to_the_customers_order(as_operator, doubtful):
    text = page(as_operator, "transfer", doubtful.pk)

    for part in ("Did this recipe run?", "film 80 um", "0x0050", "plan 218", "A4155", "differs", "No answer in 2 s."):
        assert part in text


def test_an_operator_decides_and_the_decision_is_signed(as_operator, doubtful, operator):
    answer = as_operator.post(reverse("shopfloor:transfer-resolve", args=[doubtful.pk]), {"verdict": "not_run"})

    assert answer.status_code == 302
    last = doubtful.steps.order_by("pk").last()
    assert (last.to_state, last.actor) == ("PENDING", operator)


def test_a_planner_sees_the_question_but_does_not_decide(client, doubtful):
    planner = login(client, Role.PLANNER)

    assert "An operator or integrator decides." in page(planner, "transfer", doubtful.pk)
    answer = planner.post(reverse("shopfloor:transfer-resolve", args=[doubtful.pk]), {"verdict": "not_run"})
    assert answer.status_code == 403


def test_an_answer_that_is_neither_is_refused(as_operator, doubtful):
    answer = as_operator.post(reverse("shopfloor:transfer-resolve", args=[doubtful.pk]), {"verdict": "perhaps"})

    assert answer.status_code == 400


def test_a_decision_that_comes_too_late_says_so(as_operator, floor):
    transfer = floor.released()
    answer = as_operator.post(
        reverse("shopfloor:transfer-resolve", args=[transfer.pk]), {"verdict": "has_run"}, follow=True
    )

    assert "Nothing was decided" in answer.content.decode()


def test_a_refused_recipe_says_why_and_offers_to_build_it_again(as_operator, floor):
    refused = floor.released(parameters={"coats": 9, "colour": "sand"})

    assert "film = 220 is above the limit of 120" in page(as_operator, "transfer", refused.pk)
    answer = as_operator.post(reverse("shopfloor:transfer-rebuild", args=[refused.pk]), follow=True)
    assert "Refused again" in answer.content.decode()


def test_the_api_lists_controllers_recipes_units_and_transfers(client, floor):
    floor.released()
    machine = login(client, Role.CONTROLLER)

    for name in ("controllers", "recipes", "units", "transfers"):
        answer = machine.get(f"/api/v1/{name}/")
        assert answer.status_code == 200, name
        assert answer.json()["count"] >= 1


def test_the_api_shows_the_words_of_one_transfer(client, floor):
    transfer = floor.released()

    answer = login(client, Role.INTEGRATOR).get(f"/api/v1/transfers/{transfer.pk}/").json()

    assert answer["control_recipe"]["words"] == transfer.control_recipe.words
    assert [step["to_state"] for step in answer["steps"]] == ["PENDING"]


def test_doubt_is_resolved_by_api_once(as_operator, doubtful):
    address = f"/api/v1/transfers/{doubtful.pk}/resolve/"
    first = as_operator.post(address, {"verdict": "has_run"}, content_type="application/json")
    second = as_operator.post(address, {"verdict": "has_run"}, content_type="application/json")

    assert (first.status_code, first.json()["state"]) == (200, "DONE")
    assert second.status_code == 409


def test_the_api_is_closed_to_customers(client, floor):
    assert login(client, Role.CUSTOMER).get("/api/v1/transfers/").status_code == 403


def test_an_orders_steps_say_where_it_is(floor):
    claim = floor.claimed(state="COMMITTED")
    floor.report(floor.event(1, EventKind.STARTED, claim.job_id))
    line_id = Transfer.objects.get().control_recipe.unit.order_line_id

    (step,) = LineProgress().steps([line_id])[line_id]

    assert (step.name, step.station, step.state, step.started_at) == ("Coat", "Booth-1", "running", MONDAY)


def test_an_order_nobody_has_planned_has_no_steps(db):
    assert LineProgress().steps([4711]) == {4711: ()}


@pytest.mark.parametrize(
    "model", ["controller", "driverprofile", "masterrecipe", "unit", "transfer", "controllerevent"]
)
def test_the_admin_shows_the_floors_rows_to_an_integrator(client, floor, model):
    claim = floor.claimed(state="COMMITTED")
    floor.report(floor.event(1, EventKind.STARTED, claim.job_id))
    integrator = login(client, Role.INTEGRATOR)
    User.objects.update(is_staff=True)

    listed = integrator.get(reverse(f"admin:shopfloor_{model}_changelist"))

    assert listed.status_code == 200


def test_a_transfer_in_the_admin_shows_its_history(client, floor):
    floor.claimed(state="COMMITTED")
    integrator = login(client, Role.INTEGRATOR)
    User.objects.update(is_staff=True)

    answer = integrator.get(reverse("admin:shopfloor_transfer_change", args=[Transfer.objects.get().pk]))

    assert answer.status_code == 200
    assert "COMMITTED" in answer.content.decode()
