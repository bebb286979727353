"""The whole way from the catalogue to the order with scripts switched off."""

import re

import pytest
from playwright.sync_api import expect

from configurator.models import Order

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_option_is_taken_with_a_button(plain):
    plain.locator("label:has(#o-colour-night)").click()

    plain.get_by_role("button", name="Take this Colour").click()

    expect(plain.locator("label:has(#o-colour-night)")).to_contain_text("Chosen by you")


def test_a_number_is_set_with_a_button(plain):
    plain.get_by_role("spinbutton", name="Rider height").fill("180")

    plain.locator("#q-rider_height").get_by_role("button", name="Set").click()

    expect(plain.get_by_role("spinbutton", name="Rider height")).to_have_value("180")
    expect(plain.locator("#q-rider_height")).to_contain_text("Chosen by you")


def test_an_excluded_option_opens_its_repairs_and_one_is_applied(plain):
    plain.locator("label:has(#o-rear_rack-none)").click()
    plain.get_by_role("button", name="Take this Rear rack").click()
    plain.locator("label:has(#o-child_seat-rear)").click()
    plain.get_by_role("button", name="Take this Child seat").click()
    expect(plain.locator("#repair")).to_be_visible()

    plain.locator("#repair").get_by_role("button", name="Apply 1").click()

    expect(plain.locator("label:has(#o-child_seat-rear)")).to_contain_text("Chosen by you")


def test_undo_is_a_button(plain):
    plain.locator("label:has(#o-colour-night)").click()
    plain.get_by_role("button", name="Take this Colour").click()

    plain.get_by_role("button", name="Undo").click()

    expect(plain.locator("label:has(#o-colour-clay)")).to_contain_text("Standard")


def test_it_can_be_ordered(plain, order_plainly):
    order_plainly()

    expect(plain).to_have_url(re.compile(f"/orders/{Order.objects.get().public_id}/"))
