"""G1: an acknowledged order exists exactly once, however often and however fast it is sent."""

from collections.abc import Iterator

import pytest
from django.db import connection

from configurator.models import Cart, CartLine, Order, OrderLine
from configurator.services import order as order_service
from configurator.services.cart import cart_add, cart_open, promise_hold
from configurator.services.configuration import configuration_start
from configurator.services.order import Contact, order_place
from planning.models import Bucket, Hold, HoldState
from tests.integration.planning.workshop import MONDAY, Workshop
from tests.integration.promises.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("postgres")]
SENT = 8


def cart_of(workshop: Workshop, *, held: bool) -> Cart:
    configuration = configuration_start(release=workshop.release, owner=None, session_key="guest", now=MONDAY)
    cart = cart_open(owner=None, session_key="guest", now=MONDAY)
    cart_add(cart=cart, configuration=configuration, quantity=1, now=MONDAY)
    if held:
        promise_hold(cart=cart, now=MONDAY)
    return cart


def place(cart: Cart, key: str = "one key") -> Order:
    fresh = Cart.objects.get(pk=cart.pk)
    return order_place(cart=fresh, key=key, contact=Contact(name="Ada"), actor=None, now=MONDAY)


def test_one_key_sent_eight_times_at_once_is_one_order_with_one_held_date(workshop):
    cart = cart_of(workshop, held=True)
    reserved = sum(Bucket.objects.values_list("reserved", flat=True))

    answers = at_once([lambda: place(cart)] * SENT)

    assert {getattr(answer, "pk", answer) for answer in answers} == {Order.objects.get().pk}
    assert OrderLine.objects.count() == 1
    assert Hold.objects.get().state == HoldState.CONFIRMED
    assert sum(Bucket.objects.values_list("reserved", flat=True)) == reserved


def test_one_cart_sent_under_eight_keys_is_one_order(workshop):
    cart = cart_of(workshop, held=True)

    at_once([lambda key=f"key {number}": place(cart, key) for number in range(SENT)])

    assert Order.objects.count() == OrderLine.objects.count() == 1


@pytest.fixture
def no_protection(db: None, monkeypatch) -> Iterator[None]:
    """Orders without claim on the cart, without look for the key, without unique columns."""
    table = Order._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass"
            " AND contype = 'u' AND pg_get_constraintdef(oid) !~ 'number|public_id'",
            [table],
        )
        dropped = cursor.fetchall()
        for name, _ in dropped:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')

    class Careless:
        """A cart table whose claim always succeeds."""

        class objects:  # noqa: N801 - stands in for the manager
            @staticmethod
            def filter(**conditions: object) -> object:
                return type("Claim", (), {"update": staticmethod(lambda **values: 1)})

    monkeypatch.setattr(order_service, "Cart", Careless)
    monkeypatch.setattr(order_service.Placement, "placed", lambda placement: None)
    yield
    with connection.cursor() as cursor:
        CartLine.objects.all().delete()
        cursor.execute(f"TRUNCATE {table} CASCADE")
        for name, definition in dropped:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def test_without_claim_key_and_constraints_there_would_be_eight_orders(workshop, no_protection):
    """Negative control of the tests above."""
    cart = cart_of(workshop, held=False)

    at_once([lambda: place(cart)] * SENT)

    assert Order.objects.count() == SENT
