"""Before publishing, a product manager sees what becomes of everything that is open."""

import csv
import random
from datetime import timedelta
from time import monotonic

import pytest
from django.urls import reverse

from configurator.admin import release_change
from configurator.loading import draft_package
from configurator.loading.verdicts import Outcome, verdicts_on
from configurator.models import Cart, Configuration, Product, Release
from configurator.selectors.release_difference import difference_view
from configurator.selectors.release_impact import Affected, ImpactReport, impact_report
from configurator.services.configuration import configuration_start
from configurator.services.order import Contact, order_place
from configurator.services.package import package_import
from foundation.api import Role
from tests.integration.configurator.conftest import BIKE, NOW
from tests.integration.configurator.test_release_change import NEW_BIKE, publish

pytestmark = pytest.mark.django_db

UNTOUCHED, ALONG, CHANGED, IMPOSSIBLE = Outcome


@pytest.fixture
def draft(release: Release) -> Product:
    """The bike on sale, with NEW_BIKE waiting to be published."""
    return package_import(text=NEW_BIKE, actor=None, now=NOW)


def report_on(product: Product, **asked) -> ImpactReport:
    return impact_report(product, verdicts_on(draft_package(product)), now=NOW, **asked)


def opened(release: Release, when=NOW, **choices) -> Configuration:
    return configuration_start(release=release, owner=None, session_key="guest", now=when, choices=choices)


def test_each_open_configuration_has_one_outcome(release, draft):
    for choices in ({"lights": False}, {"battery": "rack500", "motor": "big"}, {"battery": "rack500"}):
        opened(release, **choices)

    report = report_on(draft)

    found = {outcome: report.counts[Affected.CONFIGURATION, outcome] for outcome in Outcome}
    assert found == {UNTOUCHED: 0, ALONG: 1, CHANGED: 1, IMPOSSIBLE: 1}
    assert report.finished


def test_what_changes_is_counted_by_its_reason_whatever_the_number_was(release, draft):
    for height in (192, 195, 198, 180):
        opened(release, rider_height=height)

    reasons = report_on(draft).with_what()

    assert ("Rider height: Rider height now goes from 150 cm to 190 cm.", [3, 0, 0]) in reasons
    assert ("Only the price changes.", [1, 0, 0]) in reasons


def test_a_draft_that_words_things_otherwise_leaves_all_untouched(release, cart):
    opened(release, battery="rack500", motor="big")
    product = package_import(text=BIKE.replace("Rides.", "Rides well."), actor=None, now=NOW)

    report = report_on(product)

    assert report.counts[Affected.CONFIGURATION, UNTOUCHED] == report.total - 1 == 2
    assert report.counts[Affected.CART_LINE, UNTOUCHED] == 1
    assert report.with_what() == []


def test_what_was_ordered_is_counted_as_an_order_and_no_more_as_a_configuration(release, cart):
    order_place(cart=cart, key="k", contact=Contact(name="Ada"), actor=None, now=NOW)
    product = package_import(text=NEW_BIKE, actor=None, now=NOW)

    report = report_on(product)

    # A child seat goes with this frame and every value still exists: it could be ordered again, at whatever price.
    assert dict(report.counts) == {(Affected.ORDER_LINE, UNTOUCHED): 1}


def test_an_order_that_could_not_be_ordered_again_is_impossible(release, cart):
    order_place(cart=cart, key="k", contact=Contact(name="Ada"), actor=None, now=NOW)
    product = package_import(text=BIKE.replace("motor = big implies", "seat = rear implies"), actor=None, now=NOW)

    report = report_on(product)

    assert report.counts[Affected.ORDER_LINE, IMPOSSIBLE] == 1


def test_configurations_nobody_touches_any_more_do_not_count(release, draft):
    opened(release, when=NOW - timedelta(days=91), battery="rack500")

    assert report_on(draft).total == 0


def test_a_report_stopped_anywhere_goes_on_where_it_was(release, draft, cart):
    for height in range(150, 200, 5):
        opened(release, rider_height=height)
    whole = report_on(draft)

    report, parts = report_on(draft, seconds=-1), 1
    while not report.finished:
        assert report.done == parts
        report = report_on(draft, report=ImpactReport.from_plain(report.to_plain()), seconds=-1)
        parts += 1

    assert (report.counts, report.reasons, report.done) == (whole.counts, whole.reasons, whole.done)


def test_ten_thousand_configurations_take_seconds_and_a_handful_of_queries(
    release, draft, django_assert_max_num_queries
):
    dice = random.Random(1)
    domains = {
        "frame": ("diamond", "lowstep"),
        "motor": ("small", "big"),
        "battery": ("f630", "f400"),
        "lights": (True, False),
        "rider_height": tuple(range(150, 190)),
    }
    rows = []
    for number in range(10_000):
        names = dice.sample(sorted(domains), dice.randint(0, 4))
        choices = {name: dice.choice(domains[name]) for name in names}
        if choices.get("motor") == "big":
            choices["battery"] = "f630"
        rows.append(
            Configuration(release=release, choices=choices, session_key=f"g{number}", created_at=NOW, updated_at=NOW)
        )
    Configuration.objects.bulk_create(rows, batch_size=1000)
    verdicts = verdicts_on(draft_package(draft))
    started = monotonic()

    with django_assert_max_num_queries(8):
        report = impact_report(draft, verdicts, now=NOW)

    assert (report.done, report.finished) == (10_000, True)
    assert monotonic() - started < 60


def test_the_difference_is_told_in_the_words_of_the_product(release, draft):
    view = difference_view(draft_package(package_import(text=BIKE, actor=None, now=NOW)), _package(NEW_BIKE))

    lines = {(group.title, line.kind, line.subject): line.details for group in view.groups for line in group.lines}
    assert lines == {
        ("Prices", "changed", "Base price"): ("EUR 1,000.00 becomes EUR 1,100.00",),
        ("What can be chosen", "changed", "Battery"): ("No longer: 500 Wh, in the rack",),
        ("What can be chosen", "changed", "Rider height"): ("To: 200 cm becomes 190 cm",),
        ("Rules", "changed", "The child seat needs the diamond frame."): (
            "Condition: Child seat = “Child seat behind” implies Battery != “500 Wh, in the rack” becomes "
            "Child seat = “Child seat behind” implies Frame = “Diamond frame”",
            "Text: The rack battery and the child seat need the same place. becomes The child seat needs the diamond "
            "frame.",
        ),
        ("Tables", "changed", "The low-step frame has no room for the rack battery."): (
            "No longer a row: Frame: Diamond frame, Battery: 500 Wh, in the rack",
        ),
    }


def _package(text: str):
    return draft_package(package_import(text=text, actor=None, now=NOW))


@pytest.fixture
def manager(client, person, monkeypatch):
    monkeypatch.setattr(release_change, "plant_now", lambda: NOW)
    client.force_login(person("mona", Role.PRODUCT_MANAGER))
    return client


def page_of(product: Product) -> str:
    return reverse("admin:configurator_product_what_would_change", args=[product.pk])


def test_the_page_shows_difference_and_impact(manager, release, draft):
    opened(release, battery="rack500", motor="big")

    page = manager.get(page_of(draft)).content.decode()

    assert "Battery: 500 Wh, in the rack: 500 Wh, in the rack is no longer offered." in page
    assert "EUR 1,000.00 becomes EUR 1,100.00" in page


def test_a_long_look_goes_on_by_itself_and_says_how_far_it_is(manager, release, draft, monkeypatch):
    monkeypatch.setattr(release_change, "SECONDS_AT_ONCE", -1)
    for _ in range(3):
        opened(release, battery="rack500")

    page = manager.get(page_of(draft))
    assert "1 of 3 looked at" in page.content.decode()
    parts = 0
    while "Refresh" in page:
        page = manager.get(page["Refresh"].partition("url=")[2])
        parts += 1

    assert parts == 3
    assert "looked at" not in page.content.decode()


def test_the_list_names_everything_that_is_open(manager, release, draft, cart: Cart):
    opened(release, battery="rack500", rider_height=195)

    rows = list(csv.DictReader(manager.get(page_of(draft) + "?csv").content.decode().splitlines()))

    assert [(row["what"], row["outcome"], row["price before"], row["price after"]) for row in rows] == [
        ("configuration", "along", "1180.00", "1280.00"),
        ("configuration", "changed", "1130.00", "1140.00"),
        ("cart_line", "along", "1180.00", "1280.00"),
    ]
    assert rows[1]["changes"] == (
        "Battery: 500 Wh, in the rack: 500 Wh, in the rack is no longer offered. | "
        "Rider height: 195 cm: Rider height now goes from 150 cm to 190 cm."
    )


def test_no_cell_is_a_formula(manager, db):
    release = publish(BIKE.replace("name: Battery", 'name: "=1+1"'))
    opened(release, battery="rack500")
    product = package_import(text=NEW_BIKE.replace("name: Battery", 'name: "=1+1"'), actor=None, now=NOW)

    (row,) = csv.DictReader(manager.get(page_of(product) + "?csv").content.decode().splitlines())

    assert row["changes"].startswith("'=1+1: 500 Wh")


def test_before_the_first_release_nobody_is_touched(manager, bike):
    assert "Nothing is sold yet" in manager.get(page_of(bike)).content.decode()


def test_a_draft_that_contradicts_itself_says_so(manager, release):
    text = BIKE.replace(
        "rules:\n", 'rules:\n  - {code: R0, rule: "frame = lowstep and frame = diamond", text: "No."}\n'
    )
    product = package_import(text=text, actor=None, now=NOW)

    assert "The draft cannot be built yet" in manager.get(page_of(product)).content.decode()


def test_the_page_is_for_product_managers(client, person, bike):
    client.force_login(person("petra", Role.PLANNER))

    assert client.get(page_of(bike)).status_code == 403
