"""Cart, held dates, and orders that exist exactly once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, connections, transaction

from configurator.api import ordered_line
from configurator.errors import (
    CartChanged,
    CartClosed,
    CartEmpty,
    KeyReused,
    PromiseLapsed,
    QuantityOutOfLimits,
)
from configurator.models import Cart, CartLine, Order, OrderLine, OrderNumberSeries
from configurator.ports import HoldLapsed, Quote, Taken
from configurator.selectors import accepted_lines, cart_view, order_view
from configurator.services import order as order_service
from configurator.services.cart import cart_add, cart_change_quantity, cart_open, cart_remove, promise_hold
from configurator.services.configuration import configuration_start
from configurator.services.order import Contact, order_place
from configurator.services.publish import release_publish
from tests.integration.configurator.conftest import NOW

ADA = Contact(name="Ada", email="ada@example.org", address="1 Mill Lane")


class OneSlotADay:
    """A promiser with one slot a day, as simple as the real one is not."""

    held: dict[str, Quote] = {}
    confirmed: dict[str, int] = {}
    taken: set[datetime] = set()

    def quote_many(self, requests, now):
        return tuple(self._next(now) for _ in requests)

    def _next(self, now):
        day = now + timedelta(days=1)
        while day in self.taken:
            day += timedelta(days=1)
        return Quote(at=day, reason="Paint line 1 sets the date.", reference={"day": day.isoformat()})

    def hold(self, quote, until, now):
        if quote.at in self.taken:
            return Taken(self._next(now))
        self.taken.add(quote.at)
        hold_id = f"hold-{len(self.held)}"
        self.held[hold_id] = quote
        return hold_id

    def confirm(self, hold_id, order_line_id):
        if hold_id not in self.held:
            raise HoldLapsed(hold_id)
        self.confirmed[hold_id] = order_line_id

    def release(self, hold_id):
        quote = self.held.pop(hold_id, None)
        if quote is not None:
            self.taken.discard(quote.at)

    def cancel(self, order_line_id):
        raise NotImplementedError


@pytest.fixture
def slots(settings) -> type[OneSlotADay]:
    settings.PROMISER = f"{__name__}.OneSlotADay"
    OneSlotADay.held, OneSlotADay.confirmed, OneSlotADay.taken = {}, {}, set()
    return OneSlotADay


def another_line(cart: Cart) -> CartLine:
    configuration = configuration_start(release=cart.lines.get().release, owner=None, session_key="guest", now=NOW)
    return cart_add(cart=cart, configuration=configuration, quantity=1, now=NOW)


def place(cart: Cart, key: str = "k1", contact: Contact = ADA, now: datetime = NOW) -> Order:
    return order_place(cart=Cart.objects.get(pk=cart.pk), key=key, contact=contact, actor=None, now=now)


def test_an_order_freezes_what_it_was_sold_by(cart):
    order = place(cart)

    line = order.lines.get()
    assert order.number == "2026-00001"
    assert (order.total, order.currency) == (Decimal("2360.00"), "EUR")
    assert (line.unit_price, line.quantity, line.choices) == (Decimal("1180.00"), 2, {"seat": "rear"})
    assert line.selection["battery"] == "f400"
    assert line.promised_at is None


def test_a_new_price_does_not_reach_an_order(cart, bike):
    order = place(cart)
    bike.base_price = Decimal("2000.00")
    bike.save()
    release_publish(product=bike, actor=None, now=NOW)

    view = order_view(Order.objects.get(pk=order.pk))

    assert view.total == Decimal("2360.00")
    assert view.lines[0].unit_price == Decimal("1180.00")


def test_the_same_key_gives_the_same_order(cart):
    assert place(cart) == place(cart)
    assert (Order.objects.count(), OrderLine.objects.count()) == (1, 1)


def test_the_same_key_for_something_else_is_refused(cart):
    order = place(cart)

    with pytest.raises(KeyReused) as refused:
        place(cart, contact=Contact(name="Bob"))

    assert refused.value.order == order


def test_a_cart_is_ordered_once_whatever_the_key(cart):
    order = place(cart)

    with pytest.raises(CartClosed) as closed:
        place(cart, key="k2")

    assert closed.value.order == order
    assert Order.objects.count() == 1


def test_without_the_look_for_the_key_the_database_still_holds(cart, monkeypatch):
    """Negative control: the constraints alone keep a second order out."""
    order = place(cart)
    monkeypatch.setattr(order_service.Placement, "placed", lambda placement: None)
    Cart.objects.filter(pk=cart.pk).update(ordered_at=None)

    with pytest.raises(IntegrityError):
        place(cart)

    assert list(Order.objects.all()) == [order]


def test_without_any_protection_there_would_be_two_orders(cart, monkeypatch):
    """Negative control: what the claim on the cart and the key prevent does happen without them."""
    place(cart)
    Cart.objects.filter(pk=cart.pk).update(ordered_at=None)
    Order.objects.update(cart=None, idempotency_key="forgotten")

    place(cart)

    assert Order.objects.count() == 2


def test_a_failure_in_the_middle_leaves_nothing(cart, monkeypatch):
    monkeypatch.setattr(order_service, "audit_record", lambda **kwargs: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        place(cart)

    assert (Order.objects.count(), OrderLine.objects.count(), OrderNumberSeries.objects.count()) == (0, 0, 0)
    assert Cart.objects.get().ordered_at is None


def test_an_empty_cart_is_not_an_order(release):
    with pytest.raises(CartEmpty):
        place(cart_open(owner=None, session_key="other", now=NOW))


def test_a_line_added_in_another_tab_is_not_lost(cart, monkeypatch):
    real = order_service._line_of_cart

    def add_meanwhile(row):
        if cart.lines.count() == 1:
            another_line(cart)
        return real(row)

    monkeypatch.setattr(order_service, "_line_of_cart", add_meanwhile)

    with pytest.raises(CartChanged):
        place(cart)

    assert Order.objects.count() == 0
    assert Cart.objects.get().ordered_at is None


@pytest.mark.parametrize("quantity", [0, -1, 1000, 10**9, True, "2", 1.5])
def test_a_quantity_nobody_can_mean_is_refused(cart, quantity):
    with pytest.raises(QuantityOutOfLimits):
        cart_change_quantity(cart=cart, line_id=cart.lines.get().public_id, quantity=quantity)


def test_a_cart_of_a_browser_is_found_again(cart, person):
    assert cart_open(owner=None, session_key="guest", now=NOW) == cart
    ada = person("ada")
    assert cart_open(owner=ada, session_key="", now=NOW) == cart_open(owner=ada, session_key="x", now=NOW) != cart


def test_signing_in_keeps_the_cart_of_the_browser(cart, person):
    ada = person("ada")

    assert cart_open(owner=ada, session_key="guest", now=NOW) == cart
    assert cart_open(owner=ada, session_key="guest", now=NOW).owner == ada
    assert cart_open(owner=None, session_key="guest", now=NOW) != cart


def test_dates_are_held_for_a_quarter_of_an_hour(cart, slots):
    another_line(cart)

    lines = promise_hold(cart=cart, now=NOW)

    assert [line.promised_at for line in lines] == [NOW + timedelta(days=1), NOW + timedelta(days=2)]
    assert {line.hold_until for line in lines} == {NOW + timedelta(minutes=15)}
    assert cart_view(cart, now=NOW).held_until == NOW + timedelta(minutes=15)
    assert [line.hold_reference for line in promise_hold(cart=cart, now=NOW)] == ["hold-0", "hold-1"]


def test_a_fast_plant_clock_asks_for_a_longer_hold(cart, slots):
    (line,) = promise_hold(cart=cart, now=NOW, hold_time=timedelta(hours=15))

    assert line.hold_until == NOW + timedelta(hours=15)


def test_an_order_confirms_its_holds_and_carries_the_dates(cart, slots):
    promise_hold(cart=cart, now=NOW)

    order = place(cart)

    line = order.lines.get()
    assert line.promised_at == NOW + timedelta(days=1)
    assert line.promise_reason == "Paint line 1 sets the date."
    assert slots.confirmed == {"hold-0": line.pk}


def test_a_hold_that_ran_out_is_not_ordered(cart, slots):
    promise_hold(cart=cart, now=NOW)

    with pytest.raises(PromiseLapsed):
        place(cart, now=NOW + timedelta(minutes=15))

    assert Order.objects.count() == 0


def test_a_hold_the_promiser_lost_rolls_the_order_back(cart, slots):
    promise_hold(cart=cart, now=NOW)
    slots.held.clear()

    with pytest.raises(PromiseLapsed):
        place(cart)

    assert Order.objects.count() == 0
    assert Cart.objects.get().ordered_at is None


def test_who_comes_second_gets_the_next_date(cart, slots, monkeypatch):
    quote = slots().quote_many([None], NOW)[0]
    slots.taken.add(quote.at)
    monkeypatch.setattr(slots, "quote_many", lambda self, requests, now: tuple(quote for _ in requests))

    (line,) = promise_hold(cart=cart, now=NOW)

    assert line.promised_at == NOW + timedelta(days=2)


def test_changing_or_removing_a_line_gives_its_date_back(cart, slots):
    second = another_line(cart)
    promise_hold(cart=cart, now=NOW)

    changed = cart_change_quantity(cart=cart, line_id=cart.lines.first().public_id, quantity=3)
    cart_remove(cart=cart, line_id=second.public_id)
    cart_remove(cart=cart, line_id=second.public_id)

    assert changed.hold_reference == ""
    assert slots.taken == set()


def test_planning_pulls_what_it_has_not_seen(cart, django_assert_num_queries):
    order = place(cart)

    with django_assert_num_queries(1):
        (line,) = accepted_lines()

    assert (line.order_number, line.product_code, line.quantity) == (order.number, "bike", 2)
    assert accepted_lines(line.order_line_id) == ()
    assert ordered_line(line.order_line_id) == line
    assert (line.choices, line.unit_price, line.release_number) == ({"seat": "rear"}, Decimal("1180.00"), 1)


def test_reading_a_cart_or_an_order_costs_the_same_however_long(cart, django_assert_num_queries):
    with django_assert_num_queries(1):
        cart_view(cart, now=NOW)
    for _ in range(3):
        configuration = configuration_start(
            release=cart.lines.first().release, owner=None, session_key="guest", now=NOW
        )
        cart_add(cart=cart, configuration=configuration, quantity=1, now=NOW)
    with django_assert_num_queries(1):
        cart_view(cart, now=NOW)
    order = place(cart)
    with django_assert_num_queries(2):
        assert len(order_view(order).lines) == 4


def at_once(deeds) -> list[object]:
    """Do all the deeds in threads of their own that start together; what each gave or raised."""
    start = threading.Barrier(len(deeds))

    def run(deed):
        start.wait()
        try:
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        futures = [pool.submit(run, deed) for deed in deeds]
    return [future.exception() or future.result() for future in futures]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_order_is_one_order(cart):
    results = at_once([lambda: place(cart)] * 6)

    assert Order.objects.count() == 1
    assert set(results) == {Order.objects.get()}


@pytest.mark.django_db(transaction=True)
def test_of_two_keys_for_one_cart_one_orders(cart):
    results = at_once([lambda key=key: place(cart, key=key) for key in ("a", "b", "c", "d")])

    assert Order.objects.count() == 1
    assert sum(isinstance(result, CartClosed) for result in results) == 3


@pytest.mark.django_db(transaction=True)
def test_order_numbers_are_given_once_each(release):
    carts = []
    for number in range(6):
        cart = cart_open(owner=None, session_key=f"guest{number}", now=NOW)
        configuration = configuration_start(release=release, owner=None, session_key="", now=NOW)
        cart_add(cart=cart, configuration=configuration, quantity=1, now=NOW)
        carts.append(cart)

    results = at_once([lambda cart=cart: place(cart) for cart in carts])

    assert sorted(order.number for order in results) == [f"2026-{number:05d}" for number in range(1, 7)]


@pytest.mark.django_db(transaction=True)
def test_without_the_row_lock_numbers_would_be_given_twice(release, postgres):
    """Negative control on PostgreSQL: reading and writing in two steps gives a number twice."""
    OrderNumberSeries.objects.create(year=2026)
    both_have_read = threading.Barrier(2)

    def careless() -> int:
        with transaction.atomic():
            last = OrderNumberSeries.objects.get(year=2026).last
            both_have_read.wait()
            OrderNumberSeries.objects.filter(year=2026).update(last=last + 1)
            return last + 1

    assert at_once([careless, careless]) == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_two_requests_of_one_browser_share_a_cart(release):
    results = at_once([lambda: cart_open(owner=None, session_key="twice", now=NOW)] * 4)

    assert len({cart.pk for cart in results}) == 1
    assert connection.vendor in ("sqlite", "postgresql")
