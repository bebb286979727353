"""The API: the same services as the pages, for machines."""

import pytest
from rest_framework.test import APIClient

from configurator.models import Order, Product
from configurator.services.package import package_import
from configurator.services.publish import release_publish
from foundation.api import Role
from tests.integration.configurator.conftest import BIKE, NOW

ORDER = {"name": "Ada", "email": "ada@example.org", "lines": [{"product": "bike", "choices": {"motor": "big"}}]}


def signed_in(person, name: str, *roles: Role) -> APIClient:
    client = APIClient()
    client.force_authenticate(person(name, *roles))
    return client


@pytest.fixture
def customer(person, release) -> APIClient:
    return signed_in(person, "ada", Role.CUSTOMER)


@pytest.fixture
def manager(person, bike) -> APIClient:
    return signed_in(person, "mona", Role.PRODUCT_MANAGER)


def test_the_catalogue_shows_what_is_sold(client, release):
    assert [(row["code"], row["standard_price"]) for row in client.get("/api/v1/products/").json()] == [
        ("bike", "1040.00")
    ]
    package = client.get("/api/v1/products/bike/").json()["package"]
    assert package["product"]["code"] == "bike"


def test_a_draft_alone_is_not_sold(client, bike):
    assert client.get("/api/v1/products/").json() == []
    assert client.post("/api/v1/configure/bike/", {}, content_type="application/json").status_code == 404


def test_choices_in_states_and_price_out(customer):
    answer = customer.post("/api/v1/configure/bike/", {"choices": {"seat": "rear"}, "dates": True})

    assert answer.status_code == 200
    assert answer.data["price"] == "1180.00"
    options = {
        (feature["code"], option["code"]): option
        for section in answer.data["sections"]
        for feature in section["features"]
        for option in feature["options"]
    }
    assert options["seat", "rear"]["state"] == "chosen"
    assert options["battery", "rack500"]["state"] == "excluded"
    assert options["battery", "rack500"]["why"]["choices"][0]["feature_name"] == "Child seat"
    assert options["motor", "big"]["price_difference"] == "500.00"


def test_a_conflict_is_answered_with_repairs(customer):
    answer = customer.post("/api/v1/configure/bike/", {"choices": {"seat": "rear", "battery": "rack500"}})

    assert answer.status_code == 409
    assert answer.data["conflict"]["rules"] == ["The rack battery and the child seat need the same place."]
    assert [given["feature"] for given in answer.data["repairs"][0]["gives_up"]] == ["seat"]


@pytest.mark.parametrize(
    "body",
    [
        {"choices": {"wings": "two"}},
        {"choices": {"frame": "gold"}},
        {"choices": {"frame": 1.5}},
        {"choices": {"frame": ["diamond"]}},
        {"choices": []},
        {"quantity": 0},
        {"quantity": 100000},
    ],
)
def test_what_cannot_be_asked_is_refused(customer, body):
    assert customer.post("/api/v1/configure/bike/", body).status_code == 400


def test_an_order_sent_twice_is_one_order(customer):
    first = customer.post("/api/v1/orders/", ORDER, headers={"Idempotency-Key": "k1"})
    second = customer.post("/api/v1/orders/", ORDER, headers={"Idempotency-Key": "k1"})

    assert first.status_code == second.status_code == 201
    assert first.data["number"] == second.data["number"]
    assert Order.objects.count() == 1
    assert first.data["total"] == "1540.00"


def test_an_order_sent_again_after_a_publication_is_still_the_same(customer, bike):
    first = customer.post("/api/v1/orders/", ORDER, headers={"Idempotency-Key": "k1"})
    package_import(text=BIKE.replace("320.00", "400.00"), actor=None, now=NOW)
    release_publish(product=bike, actor=None, now=NOW)

    second = customer.post("/api/v1/orders/", ORDER, headers={"Idempotency-Key": "k1"})

    assert second.data["number"] == first.data["number"]
    assert second.data["total"] == "1540.00"


def test_a_key_used_for_something_else_is_refused(customer):
    customer.post("/api/v1/orders/", ORDER, headers={"Idempotency-Key": "k1"})

    other = customer.post("/api/v1/orders/", {**ORDER, "name": "Bob"}, headers={"Idempotency-Key": "k1"})

    assert other.status_code == 409
    assert "other contents" in other.data["detail"]


def test_an_order_without_key_or_lines_is_refused(customer):
    assert customer.post("/api/v1/orders/", ORDER).status_code == 400
    empty = {**ORDER, "lines": []}
    assert customer.post("/api/v1/orders/", empty, headers={"Idempotency-Key": "k"}).status_code == 400
    assert Order.objects.count() == 0


def test_an_order_that_cannot_be_built_is_refused_in_words(customer):
    body = {**ORDER, "lines": [{"product": "bike", "choices": {"seat": "rear", "battery": "rack500"}}]}

    answer = customer.post("/api/v1/orders/", body, headers={"Idempotency-Key": "k"})

    assert answer.status_code == 409
    assert "need the same place" in answer.data["detail"]


def test_an_order_is_read_by_its_customer_alone(customer, person):
    placed = customer.post("/api/v1/orders/", ORDER, headers={"Idempotency-Key": "k1"})
    address = f"/api/v1/orders/{placed.data['public_id']}/"

    own = customer.get(address)
    assert own.status_code == 200
    assert customer.get(address, headers={"If-None-Match": own["ETag"]}).status_code == 304
    assert customer.get("/api/v1/orders/").data["count"] == 1
    foreign = signed_in(person, "eve", Role.CUSTOMER)
    assert foreign.get(address).status_code == 404
    assert foreign.get("/api/v1/orders/").data["count"] == 0
    assert foreign.get(address + "lines/1/bill/").status_code == 404
    assert APIClient().get(address).status_code in (401, 403)


def test_the_bill_of_an_order_line(customer, person):
    placed = customer.post("/api/v1/orders/", ORDER, headers={"Idempotency-Key": "k1"})
    address = f"/api/v1/orders/{placed.data['public_id']}/lines/1/bill/"

    bill = signed_in(person, "paul", Role.PLANNER).get(address).data

    assert [(line["item"], line["quantity"], line["level"]) for line in bill] == [
        ("BIKE", 1, 0),
        ("FRAME", 1, 1),
        ("TUBE", 4, 2),
        ("LAMP", 2, 1),
    ]
    assert bill[1]["parameters"] == {"shape": "diamond", "tube": 496}
    assert customer.get(address.replace("/1/", "/9/")).status_code == 404


def test_a_product_manager_exports_imports_checks_and_publishes(manager):
    text = manager.get("/api/v1/packages/bike/").content.decode()
    assert manager.post("/api/v1/packages/", {"package": text.replace("320.00", "300.00")}).status_code == 200
    assert {row["severity"] for row in manager.get("/api/v1/packages/bike/check/").data} == {"notice"}

    published = manager.post("/api/v1/packages/bike/publish/")

    assert published.data["number"] == 1
    assert Product.objects.get().current_release.package["features"][1]["options"][1]["price"] == "300.00"


def test_a_broken_package_is_refused_with_its_place(manager):
    answer = manager.post("/api/v1/packages/", {"package": BIKE.replace("battery != f400", "batery != f400")})

    assert answer.status_code == 400
    assert "line 41, column 43" in answer.data["detail"]
    assert "battery" in answer.data["detail"]


@pytest.mark.parametrize("address", ["/api/v1/packages/bike/", "/api/v1/packages/bike/check/"])
def test_product_management_is_closed_to_others(customer, address):
    assert customer.get(address).status_code == 403
    assert APIClient().get(address).status_code in (401, 403)
    assert customer.post("/api/v1/packages/bike/publish/").status_code == 403
    assert customer.post("/api/v1/packages/", {"package": BIKE}).status_code == 403
