import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from configurator.api import order_milestone_record
from configurator.models import Milestone, Order, OrderLine
from foundation.api import Role, plant_now

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_guest_orders_and_finds_the_order_again(city, take, order_it):
    take("colour", "night")

    order_it()

    order = Order.objects.get()
    assert order.name == "Marie Peeters"
    assert order.lines.get().selection["colour"] == "night"
    expect(city.get_by_role("heading", level=1)).to_contain_text("City")
    city.get_by_role("link", name="Your orders").click()
    expect(city.get_by_text(order.number)).to_be_visible()


def test_a_customer_sees_the_orders_of_the_account_in_another_browser(city, sign_in, person, browser, shop, order_it):
    carla = person("carla", Role.CUSTOMER)
    sign_in(carla)
    city.goto(shop)
    city.get_by_role("button", name="Trail", exact=True).click()

    order_it()

    assert Order.objects.get().customer == carla


def test_an_incomplete_address_says_what_is_missing(city, faults):
    faults.expect(422, "/checkout/")
    city.get_by_role("button", name="Put in the cart").click()
    city.get_by_role("button", name="Continue to delivery").click()

    city.get_by_role("button", name="Order with obligation to pay").click()

    expect(city.locator(".field-name")).to_contain_text("required")
    assert not Order.objects.exists()


def test_the_held_date_counts_down(city):
    city.get_by_role("button", name="Put in the cart").click()
    city.get_by_role("button", name="Continue to delivery").click()
    if not city.locator("[data-countdown]").count():
        pytest.skip("no plan yet, so no date is held")

    expect(city.locator("[data-left]")).to_have_text(re.compile(r"14:[0-5]\d"))


def test_pressing_the_button_twice_places_one_order(city, fill_in):
    city.get_by_role("button", name="Put in the cart").click()
    city.get_by_role("button", name="Continue to delivery").click()
    fill_in()

    city.get_by_role("button", name="Order with obligation to pay").dblclick()
    city.wait_for_url(re.compile(r"/orders/[0-9a-f-]{36}/"))

    assert Order.objects.count() == 1


def test_going_back_after_the_order_finds_an_empty_cart_and_one_order(city, order_it):
    order_it()

    city.go_back()

    expect(city.get_by_text("Nothing in it yet")).to_be_visible()
    assert Order.objects.count() == 1


def test_a_quantity_changes_the_total(city):
    city.get_by_role("button", name="Put in the cart").click()

    city.get_by_label("How many").fill("3")
    city.get_by_label("How many").press("Tab")

    expect(city.locator(".cart-total")).to_have_text("EUR\u00a08,670")


def test_a_line_leaves_the_cart(city):
    city.get_by_role("button", name="Put in the cart").click()

    city.get_by_role("button", name="Remove: City").click()

    expect(city.get_by_text("Nothing in it yet")).to_be_visible()


def test_what_the_line_reports_appears_without_a_reload(city, order_it):
    order_it()
    line = OrderLine.objects.get()
    expect(city.get_by_role("heading", level=1)).to_contain_text("in the book")

    for sequence, milestone in enumerate((Milestone.STARTED, Milestone.BUILT), start=1):
        order_milestone_record(
            source="test",
            boot_id=1,
            sequence=sequence,
            order_line_id=line.pk,
            unit="1",
            milestone=milestone,
            at=plant_now() + timedelta(minutes=sequence),
        )

    expect(city.get_by_role("heading", level=1)).to_have_text("Your City is built.", timeout=10_000)


def test_what_is_somebody_elses_does_not_exist(city, browser, shop, order_it):
    configuration = city.url
    order_it()
    stranger = browser.new_context().new_page()

    for address in (configuration, city.url, f"{city.url}progress/"):
        assert stranger.goto(address).status == 404
    expect(stranger.locator("body")).not_to_contain_text("Marie Peeters")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_from_the_cart_to_the_order_keeps_anybody_out(city, barriers, theme, fill_in):
    city.emulate_media(color_scheme=theme, reduced_motion="reduce")
    city.get_by_role("button", name="Put in the cart").click()
    found = barriers(city)
    city.get_by_role("button", name="Continue to delivery").click()
    found += barriers(city)
    fill_in()
    city.get_by_role("button", name="Order with obligation to pay").click()
    city.wait_for_url(re.compile(r"/orders/"))
    found += barriers(city)
    city.get_by_role("link", name="Your orders").click()
    found += barriers(city)

    assert found == []
