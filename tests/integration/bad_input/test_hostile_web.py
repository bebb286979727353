"""What a hostile visitor sends: markup, other people's ids, numbers nobody can mean, requests of the wrong kind."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from configurator.models import Cart, Configuration, Order
from configurator.services.package import package_import
from configurator.services.publish import release_publish
from foundation.api import Role
from tests.integration.bad_input.shop import Visit, contents, said
from tests.integration.configurator.conftest import BIKE, NOW

SCRIPT = "<script>alert(1)</script>"


def test_markup_in_product_texts_is_shown_as_text(visit, db):
    hostile = BIKE.replace('name: Bike, text: "Rides."', f'name: "{SCRIPT}", text: "{SCRIPT}"')
    hostile = hostile.replace("name: 65 Nm", f'name: "{SCRIPT}<img src=x onerror=alert(2)>"')
    hostile = hostile.replace("The rack battery and the child seat", f"{SCRIPT}")
    release_publish(product=package_import(text=hostile, actor=None, now=NOW), actor=None, now=NOW)
    fresh = Visit(visit.client).begin()
    fresh.choose("seat", "rear")

    pages = [
        fresh.client.get("/"),
        fresh.client.get(f"/c/{fresh.configuration.public_id}/"),
        fresh.choose("battery", "rack500", revision=1),
        fresh.fill_cart(),
        fresh.client.get("/cart/"),
        fresh.client.get("/checkout/"),
        fresh.check_out("k"),
    ]

    for page in pages:
        assert SCRIPT not in page.content.decode()
        assert "<img src=x" not in page.content.decode()
    assert "&lt;script&gt;" in pages[1].content.decode()


def test_markup_in_a_customers_name_reaches_no_page_as_markup(visit, person):
    visit.fill_cart()

    order_page = visit.check_out("k", name=SCRIPT, street=SCRIPT, town=SCRIPT)
    desk = Client()
    desk.force_login(person("adam", Role.ADMINISTRATOR))
    order = Order.objects.get()
    pages = [order_page, desk.get("/admin/configurator/order/")]
    pages.append(desk.get(f"/admin/configurator/order/{order.pk}/change/"))

    assert order.name == SCRIPT
    for page in pages:
        assert page.status_code == 200
        assert SCRIPT not in page.content.decode()


def test_a_refused_click_answers_in_plain_text(visit):
    answer = visit.choose(SCRIPT, SCRIPT)

    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("revision", ["-1", "abc", "", "1.5", "NaN", "1e3", "9" * 30, "9" * 5000, "\x00"])
def test_a_forged_revision_changes_nothing(visit, revision):
    before = contents("configurator")

    assert visit.choose("seat", "rear", revision=revision).status_code in (400, 409)
    assert visit.post("undo", revision=revision).status_code in (400, 409)
    assert contents("configurator") == before


@pytest.mark.parametrize(
    ("feature", "value"),
    [
        ("seat", "gold"),
        ("seat", "true"),
        ("lights", "1"),
        ("lights", "yes"),
        ("rider_height", "149"),
        ("rider_height", "NaN"),
        ("rider_height", "1e2"),
        ("rider_height", "160.5"),
        ("rider_height", "-160"),
        ("rider_height", "9" * 100),
        ("no_such_feature", "rear"),
        ("__class__", "x"),
        ("seat", "x" * 121),
        ("seat\x00", "rear"),
    ],
)
def test_a_value_that_is_not_offered_changes_nothing(visit, feature, value):
    before = contents("configurator")

    answer = visit.choose(feature, value)

    assert answer.status_code == 400
    assert answer.content.decode().strip()
    assert contents("configurator") == before


@pytest.mark.parametrize("part", ["choose", "repair", "undo", "redo", "clear"])
def test_missing_fields_are_refused_in_words(visit, part):
    answer = visit.post(part)

    assert answer.status_code == 400
    assert answer.content.decode().strip()


def test_a_body_of_the_wrong_kind_is_refused(visit):
    address = f"/c/{visit.configuration.public_id}/choose/"

    for body, kind in [("{}", "application/json"), (b"\xff\xfe", "text/plain"), (b"--x", "multipart/form-data")]:
        assert visit.client.post(address, body, content_type=kind).status_code == 400


def test_what_is_somebody_elses_does_not_exist(visit, release):
    visit.fill_cart()
    line = Cart.objects.get().lines.get()
    stranger = Visit(Client()).begin()
    stranger.configuration = visit.configuration
    stranger.client.post("/p/bike/")
    before = contents("configurator")

    for part in ("", "dates/"):
        assert stranger.client.get(f"/c/{visit.configuration.public_id}/{part}").status_code == 404
    for part in ("choose", "repair", "undo", "redo", "clear", "cart"):
        assert stranger.post(part, revision=0, feature="seat", value="rear", wanted="rear", number=0).status_code == 404
    assert stranger.client.post(f"/cart/{line.public_id}/", {"quantity": 5}).status_code in (302, 404)
    stranger.client.post(f"/cart/{line.public_id}/remove/")
    assert contents("configurator") == before

    visit.check_out("k")
    order = Order.objects.get()
    for part in ("", "progress/"):
        assert stranger.client.get(f"/orders/{order.public_id}/{part}").status_code == 404
    assert order.number not in said(stranger.client.get("/orders/"))
    assert stranger.client.get(f"/orders/{uuid4()}/").status_code == 404


def test_anothers_order_key_leads_to_no_order_of_theirs(visit, release):
    visit.fill_cart()
    visit.check_out("known-key")
    stranger = Visit(Client()).begin()

    answer = stranger.check_out("known-key")

    assert Order.objects.get().number not in said(answer)
    stranger.fill_cart()
    stranger.check_out("known-key")
    assert Order.objects.count() == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "not an address"},
        {"name": ""},
        {"name": "x" * 201},
        {"name": "\x00"},
        {"key": ""},
        {"key": "k" * 101},
        {"street": "x" * 10_000},
    ],
)
def test_an_address_nobody_can_use_orders_nothing(visit, changes):
    visit.fill_cart()

    answer = visit.check_out(**{"key": "k", **changes})

    assert answer.status_code == 422
    assert Order.objects.count() == 0
    assert Cart.objects.get().ordered_at is None


def test_every_page_that_changes_something_wants_its_token(person):
    """Django checks the token before the view: what is exempt must check for itself, as the API's views do."""
    exempt = [str(route.pattern) for route in routes(get_resolver().url_patterns) if is_exempt(route)]

    assert exempt == []


def routes(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from routes(pattern.url_patterns)


def is_exempt(route: URLPattern) -> bool:
    return getattr(route.callback, "csrf_exempt", False) and not hasattr(route.callback, "cls")


def test_a_post_from_another_site_is_refused(release, person):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person("adam", Role.ADMINISTRATOR))

    for address in ("/p/bike/", "/checkout/", "/checkout/hold/", "/planner/plans/make/", "/planner/orders/pull/"):
        assert browser.post(address).status_code == 403, address
    for address in ("/api/v1/orders/", "/api/v1/packages/", "/api/v1/packages/bike/publish/"):
        assert browser.post(address, "{}", content_type="application/json").status_code == 403, address
    assert Configuration.objects.count() == 0


@pytest.mark.parametrize(
    "topic", ["plan", "solve:1", "line:PAINT", "floor", "controller:PAINT", "", "..", "order\x00", "secret"]
)
def test_a_guest_hears_no_news_of_the_factory(client, db, topic):
    assert client.get(f"/live/{topic}/").status_code in (400, 403, 404)


@pytest.mark.parametrize("after", ["9" * 30, "9" * 5000, "-1", "abc", "٣", "²"])
@pytest.mark.asyncio
@pytest.mark.django_db(transaction=True)
async def test_a_position_nobody_can_mean_is_no_error(async_client, after):
    answer = await async_client.get(f"/live/order:{uuid4()}/", {"after": after})

    assert answer.status_code == 200
    first = await anext(aiter(answer.streaming_content))
    assert first.decode().startswith("retry:")


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/products/%00/",
        "/api/v1/products/%F0%9F%9A%B2/",
        "/orders/?page=%00",
        "/orders/?page=99999999999999999999",
        "/no/such/page/%00",
        "/floor/transfers/99999999999999999999999/",
        "/floor/transfers/?q=%00",
        "/floor/%00/",
        "/planner/orders/?q=%00",
        "/planner/orders/%00/",
        "/planner/orders/?page=-1&state=%00",
        "/planner/plan/?plan=99999999999999999999999",
        "/planner/plan/?plan=%00",
        "/planner/plan/bars/?from=NaN&to=1e99",
        "/planner/plan/table/?plan=-1",
        "/api/v1/orders/?limit=-1&offset=99999999999999999999",
        "/api/v1/transfers/?state=%00",
        "/api/v1/transfers/99999999999999999999999/",
        "/api/v1/units/%00/",
        "/api/v1/recipes/?version=99999999999999999999999",
        "/api/v1/packages/%00/",
    ],
)
def test_no_address_makes_the_server_fail(client, person, workshop, address):
    client.force_login(person("adam", Role.ADMINISTRATOR))

    assert client.get(address).status_code < 500


def test_a_new_configuration_of_no_product_is_not_found(client, db):
    assert client.post("/p/%00/").status_code in (400, 404)
    assert client.post("/p/no-such/").status_code == 404
    assert client.post("/api/v1/configure/%00/", {}, content_type="application/json").status_code in (400, 404)
