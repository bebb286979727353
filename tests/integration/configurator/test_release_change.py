"""A new release is published while customers have open configurations and carts."""

from decimal import Decimal

import pytest

from configurator.errors import ReleaseMoved, ReleaseWithdrawn, StaleRevision
from configurator.models import Cart, CartLine, Configuration, Product, Release
from configurator.ports import Quote
from configurator.selectors.release_migration import migration_view, release_now
from configurator.services.cart import cart_add, cart_release_take, promise_hold
from configurator.services.configuration import (
    choice_make,
    choices_redo,
    choices_undo,
    configuration_start,
    release_take,
)
from configurator.services.order import Contact, order_place
from configurator.services.package import package_import
from configurator.services.publish import release_publish
from tests.integration.configurator.conftest import BIKE, NOW

pytestmark = pytest.mark.django_db

NEW_BIKE = (
    BIKE.replace('base_price: "1000.00"', 'base_price: "1100.00"')
    .replace('      - {code: rack500, name: "500 Wh, in the rack", price: "90.00", parts: [battery-rack]}\n', "")
    .replace(
        "rows: [[diamond, f400], [diamond, f630], [diamond, rack500], [lowstep, f400], [lowstep, f630]]",
        "rows: [[diamond, f400], [diamond, f630], [lowstep, f400], [lowstep, f630]]",
    )
    .replace("seat = rear implies battery != rack500", "seat = rear implies frame = diamond")
    .replace("The rack battery and the child seat need the same place.", "The child seat needs the diamond frame.")
    .replace("maximum: 200, default: 172", "maximum: 190, default: 172")
)
"""Dearer, without the battery in the rack, shorter, and the child seat fits one frame only."""


def publish(text: str) -> Release:
    return release_publish(product=package_import(text=text, actor=None, now=NOW), actor=None, now=NOW)


def started(release: Release, **choices) -> Configuration:
    return configuration_start(release=release, owner=None, session_key="guest", now=NOW, choices=choices)


def stored(configuration: Configuration) -> Configuration:
    return Configuration.objects.select_related("release__product").get(pk=configuration.pk)


def taken(configuration: Configuration, number: int = 2):
    return release_take(
        public_id=configuration.public_id, revision=configuration.revision, release_number=number, now=NOW
    )


def test_a_configuration_stays_on_its_release_until_the_customer_takes_the_new_one(release):
    configuration = started(release, motor="big")
    new = publish(NEW_BIKE)

    assert release_now(stored(configuration).release) == new
    assert stored(configuration).release == release


def test_nothing_is_new_when_the_release_is_the_one_that_is_sold(release):
    assert release_now(stored(started(release)).release) is None


def test_what_would_change_is_said_before_anything_does(release):
    configuration = started(release, frame="lowstep", seat="rear", rider_height=190, battery="f630")
    new = publish(NEW_BIKE)

    view = migration_view(release, new, configuration.choices, now=NOW)

    (change,) = view.changed
    assert str(change.wanted) == "Child seat: Child seat behind"
    assert str(change.instead) == "Child seat: No child seat"
    assert change.rules == ("The child seat needs the diamond frame.",)
    assert [str(choice) for choice in change.against] == ["Frame: Low-step frame"]
    assert [str(choice) for choice in view.kept] == [
        "Frame: Low-step frame",
        "Battery: 630 Wh, in the frame",
        "Rider height: 190 cm",
    ]
    assert (view.price_before, view.price_after) == (Decimal("1410.00"), Decimal("1370.00"))
    assert stored(configuration).revision == 0


def test_an_option_that_is_gone_and_a_number_out_of_range_are_named(release):
    new = publish(NEW_BIKE)

    view = migration_view(release, new, {"battery": "rack500", "rider_height": 195}, now=NOW)

    assert [(change.text, str(change.instead), change.moved) for change in view.changed] == [
        ("500 Wh, in the rack is no longer offered.", "Battery: 400 Wh, in the frame", False),
        ("Rider height now goes from 150 cm to 190 cm.", "Rider height: 190 cm", True),
    ]


def test_a_standard_that_is_another_one_now_is_told(release):
    new = publish(BIKE.replace("default: small", "default: big").replace("default: f400", "default: f630"))

    view = migration_view(release, new, {}, now=NOW)

    assert [(row.feature_name, row.before, row.after) for row in view.otherwise] == [
        ("Motor", "65 Nm", "85 Nm"),
        ("Battery", "400 Wh, in the frame", "630 Wh, in the frame"),
    ]
    assert not view.untouched


def test_a_release_that_only_words_things_otherwise_touches_nobody(release):
    new = publish(BIKE.replace("Rides.", "Rides well."))

    assert migration_view(release, new, {"seat": "rear"}, now=NOW).untouched


def test_taking_the_new_release_can_be_undone_and_redone(release):
    configuration = started(release, frame="lowstep", seat="rear")
    choice_make(public_id=configuration.public_id, revision=0, feature="battery", value="f630", now=NOW)
    new = publish(NEW_BIKE)

    done = taken(stored(configuration)).configuration
    assert (done.release, done.choices) == (new, {"frame": "lowstep", "battery": "f630"})

    done = choices_undo(public_id=done.public_id, revision=done.revision, now=NOW).configuration
    assert (stored(done).release, done.choices) == (
        release,
        {"frame": "lowstep", "seat": "rear", "battery": "f630"},
    )
    done = choices_undo(public_id=done.public_id, revision=done.revision, now=NOW).configuration
    assert (stored(done).release, done.choices) == (release, {"frame": "lowstep", "seat": "rear"})

    for _ in range(2):
        done = choices_redo(public_id=done.public_id, revision=done.revision, now=NOW).configuration
    assert (stored(done).release, done.choices) == (new, {"frame": "lowstep", "battery": "f630"})


def test_a_step_after_the_new_release_is_undone_within_it(release):
    configuration = started(release, seat="rear")
    new = publish(NEW_BIKE)
    done = taken(stored(configuration)).configuration
    done = choice_make(
        public_id=done.public_id, revision=done.revision, feature="motor", value="big", now=NOW
    ).configuration

    done = choices_undo(public_id=done.public_id, revision=done.revision, now=NOW).configuration

    assert (stored(done).release, done.choices) == (new, {"seat": "rear"})


def test_a_feature_called_choices_does_not_confuse_the_history(db):
    text = BIKE.replace("code: motor", "code: choices").replace("motor = big", "choices = big")
    configuration = started(publish(text), choices="big")
    choice_make(public_id=configuration.public_id, revision=0, feature="seat", value="rear", now=NOW)

    done = choices_undo(public_id=configuration.public_id, revision=1, now=NOW).configuration

    assert done.choices == {"choices": "big"}


def test_the_new_release_is_refused_to_a_tab_that_shows_something_older(release):
    configuration = started(release)
    publish(NEW_BIKE)
    choice_make(public_id=configuration.public_id, revision=0, feature="seat", value="rear", now=NOW)

    with pytest.raises(StaleRevision):
        taken(configuration)


def test_a_release_published_after_the_changes_were_shown_is_shown_first(release):
    configuration = started(release)
    publish(NEW_BIKE)
    publish(NEW_BIKE.replace('base_price: "1100.00"', 'base_price: "9100.00"'))

    with pytest.raises(ReleaseMoved):
        taken(stored(configuration))
    assert stored(configuration).release == release


def test_taking_it_twice_changes_nothing_more(release):
    configuration = started(release)
    publish(NEW_BIKE)
    done = taken(stored(configuration)).configuration

    assert taken(stored(done)).configuration.revision == done.revision


def test_what_was_replaced_does_not_get_into_a_cart(release, cart):
    configuration = started(release)
    publish(NEW_BIKE)

    with pytest.raises(ReleaseWithdrawn):
        cart_add(cart=cart, configuration=stored(configuration), quantity=1, now=NOW)


def test_a_shop_may_allow_older_releases(release, cart, settings):
    settings.OLD_RELEASES_ORDERABLE = True
    publish(NEW_BIKE)

    cart_add(cart=cart, configuration=stored(started(release)), quantity=1, now=NOW)
    order = placed(cart)

    assert order.lines.count() == 2


def placed(cart: Cart):
    return order_place(cart=cart, key="k", contact=Contact(name="Ada"), actor=None, now=NOW)


def test_a_cart_line_of_an_older_release_is_not_ordered_unseen(cart):
    publish(NEW_BIKE)

    with pytest.raises(ReleaseWithdrawn):
        placed(cart)
    with pytest.raises(ReleaseWithdrawn):
        promise_hold(cart=cart, now=NOW)


class OneDay:
    """Every quote is tomorrow, and every hold is given."""

    def quote_many(self, requests, now):
        from datetime import timedelta

        return tuple(Quote(at=now + timedelta(days=1), reason="") for _ in requests)

    def hold(self, quote, until, now):
        return "held"

    def confirm(self, hold_id, order_line_id): ...

    def release(self, hold_id): ...


def test_while_its_date_is_held_a_line_is_ordered_as_it_was_promised(cart, settings):
    settings.PROMISER = f"{__name__}.OneDay"
    promise_hold(cart=cart, now=NOW)
    publish(NEW_BIKE)

    order = placed(cart)

    assert order.lines.get().release.number == 1
    assert order.total == Decimal("2360.00")


def test_a_cart_line_moves_to_the_new_release_with_its_price(cart, bike: Product):
    publish(NEW_BIKE)
    line = cart.lines.get()

    cart_release_take(cart=cart, line_id=line.public_id, release_number=2)

    line = CartLine.objects.get(pk=line.pk)
    assert (line.release.number, line.choices) == (2, {"seat": "rear"})
    assert placed(cart).total == Decimal("2560.00")


def test_a_cart_line_moves_only_to_the_release_that_was_shown(cart):
    publish(NEW_BIKE)
    publish(NEW_BIKE.replace('base_price: "1100.00"', 'base_price: "9100.00"'))

    with pytest.raises(ReleaseMoved):
        cart_release_take(cart=cart, line_id=cart.lines.get().public_id, release_number=2)
