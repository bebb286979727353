"""Checkout: the date is held, the order is placed once."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from configurator.errors import (
    CartChanged,
    CartClosed,
    CartEmpty,
    KeyReused,
    MixedCurrencies,
    NotBuildable,
    PromiseLapsed,
    ReleaseWithdrawn,
)
from configurator.forms import ContactForm
from configurator.selectors import cart_view
from configurator.services.cart import HOLD_TIME, promise_hold
from configurator.services.order import order_place
from configurator.views.visitor import own_open_cart, own_orders, visitor_of
from foundation.api import allow_anyone, clock_reading, plant_now


@allow_anyone
@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """Hold the dates of the cart for 15 minutes on the customer's watch and go on to the address."""
    cart = own_open_cart(request)
    if cart is None:
        return redirect("configurator:cart")
    try:
        clock = clock_reading()
        promise_hold(cart=cart, now=clock.now(), hold_time=HOLD_TIME * max(1.0, clock.speed))
    except (CartEmpty, CartClosed):
        return redirect("configurator:cart")
    except ReleaseWithdrawn as withdrawn:
        messages.warning(request, str(withdrawn))
        return redirect("configurator:cart")
    except PromiseLapsed:
        messages.warning(request, gettext("Others were faster three times in a row. Try again for the next date."))
        return redirect("configurator:cart")
    return redirect("configurator:checkout")


@allow_anyone
@never_cache
@require_http_methods(["GET", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """Ask for the address, then place the order; the same key gives the same order again."""
    visitor = visitor_of(request)
    if request.method == "POST":
        form = ContactForm(request.POST)
        if form.is_valid() and (placed := _place(request, form)) is not None:
            return placed
    else:
        name = visitor.user.get_full_name() if visitor.user else ""
        email = visitor.user.email if visitor.user else ""
        form = ContactForm(initial={"key": str(uuid.uuid4()), "name": name, "email": email})
    cart = own_open_cart(request)
    now = plant_now()
    view = cart_view(cart, now=now) if cart is not None else None
    if view is None or not view.lines:
        return redirect("configurator:cart")
    dated = any(line.quote.at for line in view.lines)
    context = {"cart": view, "form": form, "now": now, "lapsed": dated and view.held_until is None}
    return render(request, "configurator/checkout.html", context, status=422 if form.errors else 200)


def _place(request: HttpRequest, form: ContactForm) -> HttpResponse | None:
    """The way to the order, or None after a sentence that says why there is none."""
    cart = own_open_cart(request)
    visitor = visitor_of(request)
    key = form.cleaned_data["key"]
    if cart is None or not cart.lines.exists():
        # The cart of a repeated submission is closed: its order is found by the key.
        order = own_orders(request).filter(idempotency_key=key).first()
        return redirect("configurator:order", order.public_id) if order else redirect("configurator:cart")
    try:
        order = order_place(cart=cart, key=key, contact=form.contact(), actor=visitor.user, now=plant_now())
    except PromiseLapsed:
        messages.warning(request, gettext("The date is no longer held. Look at the new one before you order."))
        return redirect("configurator:cart")
    except CartClosed as closed:
        if closed.order is not None:
            return redirect("configurator:order", closed.order.public_id)
        return redirect("configurator:cart")
    except (CartChanged, ReleaseWithdrawn) as changed:
        messages.warning(request, str(changed))
        return redirect("configurator:cart")
    except KeyReused as reused:
        # The cart is another one than the key's: after this refusal the customer may order it, under a key of its own.
        form.data = {**request.POST.dict(), "key": str(uuid.uuid4())}
        form.add_error(None, str(reused))
        return None
    except (NotBuildable, CartEmpty, MixedCurrencies) as error:
        form.add_error(None, str(error))
        return None
    return redirect("configurator:order", order.public_id)
