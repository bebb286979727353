"""A product is published anew while a customer has it open."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from configurator.formats import ProductPackage, RuleEntry
from configurator.services.package import package_read, packages_import
from configurator.services.publish import release_publish
from foundation.api import plant_now

pytestmark = pytest.mark.django_db(transaction=True)

VELO = settings.BASE_DIR / "fixtures" / "velo"


def changed(package: ProductPackage) -> ProductPackage:
    """The City, dearer, and with the child seat on the diamond frame only."""
    rule = RuleEntry("R99", "child_seat = rear implies frame = diamond", "The child seat needs the stiffer frame.")
    header = replace(package.product, base_price=package.product.base_price + 100)
    return replace(package, product=header, rules=(*package.rules, rule))


@pytest.fixture
def publish_changed(shop: str) -> Callable[[], None]:
    def publish() -> None:
        packages = [package_read(VELO / f"{name}.yaml") for name in ("city", "trail", "cargo")]
        now = plant_now()
        city, *_ = packages_import(packages=[changed(packages[0]), *packages[1:]], actor=None, now=now)
        release_publish(product=city, actor=None, now=now)

    return publish


def test_a_customer_sees_what_is_new_keeps_the_old_takes_the_new_and_undoes_it(
    city: Page, take, publish_changed, barriers
):
    take("child_seat", "rear")
    take("frame", "lowstep")
    publish_changed()

    city.reload()
    panel = city.get_by_role("region", name="City has changed since you configured it")
    expect(panel).to_contain_text("The child seat needs the stiffer frame.")
    assert barriers(city) == []

    panel.get_by_role("button", name="Keep looking at the old one").click()
    expect(city.get_by_text("You are looking at an older version of City.")).to_be_visible()
    take("colour", "night")
    city.get_by_role("link", name="See what is new").click()
    expect(panel).to_contain_text("What stays as you chose it")

    panel.get_by_role("button", name="Take the new version").click()
    expect(panel).to_have_count(0)
    expect(city.locator("label:has(#o-frame-diamond)")).to_contain_text("Follows from your choices")
    expect(city.locator("label:has(#o-child_seat-rear)")).to_contain_text("Chosen by you")

    city.locator("#undo").click()
    expect(city.get_by_text("You are looking at an older version of City.")).to_be_visible()
    expect(city.locator("label:has(#o-frame-lowstep)")).to_contain_text("Chosen by you")


def test_the_panel_follows_what_is_clicked_and_leaves_the_ways_to_have_a_value_open(city: Page, take, publish_changed):
    take("rear_rack", "rack27")
    take("child_seat", "rear")
    publish_changed()
    city.reload()
    panel = city.locator("#newer")
    expect(panel).to_contain_text("Everything you chose stays.")

    with city.expect_response(re.compile(r"/release/$")):
        take("frame", "lowstep")
    expect(panel).to_contain_text("One of your choices cannot stay.")

    with city.expect_response(re.compile(r"/release/$")):
        take("battery", "r500")
    expect(city.get_by_role("region", name="to have")).to_be_visible()


def test_without_scripts_the_new_version_is_taken_all_the_same(plain: Page, publish_changed):
    publish_changed()
    plain.reload()

    plain.get_by_role("button", name="Keep looking at the old one").click()
    plain.get_by_role("link", name="See what is new").click()
    plain.get_by_role("button", name="Take the new version").click()

    expect(plain.get_by_text("has changed since you configured it")).to_have_count(0)
    expect(plain.locator(".bar-price")).to_contain_text("2,990")
