"""A second checkout: the same form again, other contents under the same key, a cart that changed meanwhile."""

from configurator.models import Cart, Order
from configurator.services import order as order_service
from configurator.services.cart import cart_add
from configurator.services.package import package_import
from configurator.services.publish import release_publish
from tests.integration.bad_input.shop import Visit, contents, said
from tests.integration.configurator.conftest import BIKE, NOW


def test_the_same_form_again_leads_to_the_same_order(visit):
    visit.fill_cart()
    first = visit.check_out("key")
    before = contents("configurator")

    again = visit.check_out("key")

    assert again.redirect_chain == first.redirect_chain
    assert contents("configurator") == before


def test_the_same_key_for_another_cart_is_refused_and_the_cart_kept(visit):
    visit.fill_cart()
    visit.check_out("key")
    visit.fill_cart(5)

    answer = visit.check_out("key")

    assert f"This key was used for order {Order.objects.get().number}, which has other contents." in said(answer)
    assert Order.objects.count() == 1
    assert Cart.objects.get(ordered_at=None).lines.get().quantity == 5


def test_after_such_a_refusal_the_form_can_be_sent(visit):
    visit.fill_cart()
    visit.check_out("key")
    visit.fill_cart(5)
    answer = visit.check_out("key")

    visit.check_out(answer.context["form"]["key"].value())

    assert Order.objects.count() == 2


def test_a_cart_that_changes_while_it_is_ordered_is_shown_again(visit, monkeypatch):
    visit.fill_cart()
    real = order_service._line_of_cart

    def add_meanwhile(row):
        if row.cart.lines.count() == 1:
            cart_add(cart=row.cart, configuration=visit.configuration, quantity=1, now=NOW)
        return real(row)

    monkeypatch.setattr(order_service, "_line_of_cart", add_meanwhile)

    answer = visit.check_out("key")

    assert "Your cart was changed in another tab" in said(answer)
    assert Order.objects.count() == 0
    assert Cart.objects.get().ordered_at is None


def test_two_currencies_in_one_cart_are_refused_in_a_sentence(visit):
    foreign = BIKE.replace("code: bike,", "code: velo, currency: CHF,")
    release_publish(product=package_import(text=foreign, actor=None, now=NOW), actor=None, now=NOW)
    visit.fill_cart()
    Visit(visit.client).begin("velo").fill_cart()

    answer = visit.check_out("key")

    assert "One order can hold one currency only, not CHF and EUR." in said(answer)
    assert Order.objects.count() == 0
