"""A shop that sells the three bicycles of fixtures/velo, on a plant that can make them."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from configurator.services.package import package_read, packages_import
from configurator.services.publish import release_publish
from foundation.api import clock_start, plant_now
from planning.services.plant_package import plant_package_import
from shopfloor.api import line_package_import

ADDRESS = {
    "Name": "Marie Peeters",
    "E-mail": "marie@example.org",
    "Street and number": "Weststraat 12",
    "Postcode": "9000",
    "Town": "Gent",
    "Country": "Belgium",
}
VELO = settings.BASE_DIR / "fixtures" / "velo"


@pytest.fixture
def shop(uvicorn_url: str) -> str:
    """The address of a shop with three products on Monday morning."""
    clock_start(at=datetime(2027, 5, 10, 4, 0, tzinfo=UTC), speed=1)
    now = plant_now()
    plant_package_import(source=VELO / "plant.yaml", actor=None, now=now)
    line_package_import(source=VELO / "line.yaml", actor=None, now=now)
    packages = [package_read(VELO / f"{name}.yaml") for name in ("city", "trail", "cargo")]
    for product in packages_import(packages=packages, actor=None, now=now):
        release_publish(product=product, actor=None, now=now)
    return uvicorn_url


@pytest.fixture
def city(clean_page: Page, shop: str) -> Iterator[Page]:
    """A page on which a City has just been begun."""
    clean_page.goto(shop)
    clean_page.get_by_role("button", name="City", exact=True).click()
    expect(clean_page.get_by_role("heading", level=1, name="City")).to_be_visible()
    yield clean_page
    clean_page.close()  # nothing is asked of the server any more when the test's data goes


@pytest.fixture
def take(city: Page) -> Callable[[str, str], None]:
    """Click an option and wait for the answer: `take("child_seat", "rear")`."""

    def click(feature: str, option: str) -> None:
        with city.expect_response(lambda answer: answer.request.method == "POST"):
            city.locator(f"label:has(#o-{feature}-{option})").click()

    return click


def fill_address(page: Page) -> None:
    for label, text in ADDRESS.items():
        page.get_by_label(label).fill(text)


def order_from(page: Page) -> None:
    page.get_by_role("button", name="Put in the cart").click()
    page.get_by_role("button", name="Continue to delivery").click()
    fill_address(page)
    page.get_by_role("button", name="Order with obligation to pay").click()
    page.wait_for_url(re.compile(r"/orders/[0-9a-f-]{36}/"))


@pytest.fixture
def fill_in(city: Page) -> Callable[[], None]:
    """Fill in the address at checkout."""
    return lambda: fill_address(city)


@pytest.fixture
def order_it(city: Page) -> Callable[[], None]:
    """From the configuration to the order page."""
    return lambda: order_from(city)


@pytest.fixture
def plain(browser: Browser, shop: str) -> Iterator[Page]:
    """A City has just been begun in a browser without scripts."""
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(shop)
    page.get_by_role("button", name="City", exact=True).click()
    yield page
    context.close()


@pytest.fixture
def order_plainly(plain: Page) -> Callable[[], None]:
    """From the configuration to the order page, without scripts."""
    return lambda: order_from(plain)
