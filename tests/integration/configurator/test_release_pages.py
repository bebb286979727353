"""A customer comes back to something that has been published anew: on the configuration page and in the cart."""

import pytest
from django.urls import reverse

from configurator.models import CartLine, Configuration
from configurator.services.configuration import choice_make
from tests.integration.configurator.conftest import BIKE, NOW
from tests.integration.configurator.test_release_change import NEW_BIKE, publish

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def mine(client, release) -> Configuration:
    """The visitor's own bike with a child seat on the low-step frame, which NEW_BIKE forbids."""
    client.post(reverse("configurator:start", args=["bike"]))
    configuration = Configuration.objects.get()
    for revision, (feature, value) in enumerate([("frame", "lowstep"), ("seat", "rear")]):
        choice_make(public_id=configuration.public_id, revision=revision, feature=feature, value=value, now=NOW)
    return configuration


def address(name: str, row) -> str:
    return reverse(f"configurator:{name}", args=[row.public_id])


def text_of(page) -> str:
    return " ".join(page.content.decode().split())


def take(client, mine, revision=2, release=2, **how):
    sent = {"revision": revision, "release": release}
    return client.post(address("configuration-release", mine), sent, **how)


def test_the_page_says_nothing_while_the_release_is_sold(client, mine):
    assert 'id="newer"' not in text_of(client.get(address("configure", mine)))


def test_coming_back_shows_what_would_change_and_changes_nothing(client, mine):
    publish(NEW_BIKE)

    page = text_of(client.get(address("configure", mine)))

    assert "Bike has changed since you configured it" in page
    assert "One of your choices cannot stay." in page
    assert "The child seat needs the diamond frame." in page
    mine.refresh_from_db()
    assert (mine.release.number, mine.revision) == (1, 2)


@pytest.mark.parametrize("how", [{}, {"headers": HTMX}])
def test_the_new_version_is_taken_and_undone(client, mine, how):
    publish(NEW_BIKE)

    answer = take(client, mine, **how)

    assert answer.headers.get("HX-Redirect", answer.headers.get("Location")) == address("configure", mine)
    mine.refresh_from_db()
    assert (mine.release.number, mine.choices) == (2, {"frame": "lowstep"})

    answer = client.post(address("undo", mine), {"revision": 3}, **how)

    assert answer.headers.get("HX-Redirect", answer.headers.get("Location")) == address("configure", mine)
    mine.refresh_from_db()
    assert (mine.release.number, mine.choices) == (1, {"frame": "lowstep", "seat": "rear"})


def test_a_change_in_another_tab_is_shown_before_the_new_version_is_taken(client, mine):
    publish(NEW_BIKE)

    plain, swapped = take(client, mine, revision=1), take(client, mine, revision=1, headers=HTMX)

    assert (plain.status_code, swapped.status_code) == (409, 200)  # htmx puts in place only what went well
    for page in (plain, swapped):
        assert "Something has changed since you looked" in text_of(page)
    mine.refresh_from_db()
    assert mine.release.number == 1


def test_a_newer_version_still_is_shown_before_it_is_taken(client, mine):
    publish(NEW_BIKE)
    publish(NEW_BIKE.replace('base_price: "1100.00"', 'base_price: "1200.00"'))

    assert "Something has changed since you looked" in text_of(take(client, mine))
    mine.refresh_from_db()
    assert mine.release.number == 1


def test_nonsense_takes_nothing(client, mine):
    publish(NEW_BIKE)

    assert take(client, mine, revision="x", release="-1").status_code == 409


def test_one_may_go_on_looking_at_the_old_version(client, mine):
    publish(NEW_BIKE)

    banner = client.post(address("configuration-keep", mine), headers=HTMX)

    assert "You are looking at an older version of Bike." in text_of(banner)
    page = text_of(client.get(address("configure", mine)))
    assert "You are looking at an older version of Bike." in page
    assert "has changed since you configured it" not in page


def test_having_kept_one_version_one_hears_of_the_next(client, mine):
    publish(NEW_BIKE)
    client.post(address("configuration-keep", mine))
    publish(BIKE.replace("Rides.", "Rides on."))

    assert "has changed since you configured it" in text_of(client.get(address("configure", mine)))


def test_the_old_version_does_not_get_into_the_cart(client, mine):
    publish(NEW_BIKE)

    answer = client.post(address("cart-add", mine), {"quantity": 1}, follow=True)

    assert "Bike has changed since you configured it" in text_of(answer)
    assert not CartLine.objects.exists()


def test_somebody_elses_configuration_does_not_exist(client, mine, django_user_model):
    publish(NEW_BIKE)
    client.logout()
    client.cookies.clear()

    assert client.get(address("configuration-release", mine)).status_code == 404
    assert take(client, mine).status_code == 404


@pytest.fixture
def line(client, mine) -> CartLine:
    client.post(address("cart-add", mine), {"quantity": 2})
    return CartLine.objects.get()


def test_a_cart_line_says_that_its_product_has_changed_and_moves_when_asked(client, line):
    publish(NEW_BIKE)
    assert "Look at what is different before you order." in text_of(client.get(reverse("configurator:cart")))
    assert "The child seat needs the diamond frame." in text_of(client.get(address("line-release", line)))

    client.post(address("line-release-take", line), {"release": 2})

    line.refresh_from_db()
    assert (line.release.number, line.choices) == (2, {"frame": "lowstep"})
    assert "Look at what is different" not in text_of(client.get(reverse("configurator:cart")))


def test_a_cart_with_something_replaced_does_not_get_to_the_checkout(client, line):
    publish(NEW_BIKE)

    answer = client.post(reverse("configurator:hold"), follow=True)

    assert answer.redirect_chain == [(reverse("configurator:cart"), 302)]
    assert "Bike has changed since you configured it; look at what is different first." in text_of(answer)
