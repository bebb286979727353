"""The cart."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from configurator.errors import CartClosed, ReleaseWithdrawn
from configurator.forms import QuantityForm
from configurator.models import CartLine
from configurator.selectors import cart_view
from configurator.services.cart import cart_add, cart_change_quantity, cart_remove
from configurator.views.visitor import own_cart, own_configuration, own_open_cart
from foundation.api import allow_anyone, plant_now


@allow_anyone
@never_cache
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """What the visitor is about to order, with today's dates."""
    cart = own_open_cart(request)
    view = cart_view(cart, now=plant_now()) if cart is not None else None
    return render(request, "configurator/cart.html", {"cart": view if view and view.lines else None})


@allow_anyone
@require_POST
def add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put the configuration as it stands into the cart."""
    configuration = own_configuration(request, public_id)
    form = QuantityForm({"quantity": request.POST.get("quantity", "1")})
    if not form.is_valid():
        messages.error(request, str(form.errors["quantity"][0]))
        return redirect("configurator:configure", public_id)
    now = plant_now()
    cart = own_cart(request, now=now)
    try:
        cart_add(cart=cart, configuration=configuration, quantity=form.cleaned_data["quantity"], now=now)
    except ReleaseWithdrawn as withdrawn:
        messages.warning(request, str(withdrawn))
        return redirect("configurator:configuration-release", public_id)
    return redirect("configurator:cart")


@allow_anyone
@require_POST
def change(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Order more or less of a line."""
    cart = own_open_cart(request)
    form = QuantityForm(request.POST)
    if cart is None:
        raise Http404
    if not form.is_valid():
        messages.error(request, str(form.errors["quantity"][0]))
        return redirect("configurator:cart")
    try:
        cart_change_quantity(cart=cart, line_id=line_id, quantity=form.cleaned_data["quantity"])
    except CartLine.DoesNotExist as error:
        raise Http404 from error
    except CartClosed as closed:
        messages.warning(request, str(closed))
    return redirect("configurator:cart")


@allow_anyone
@require_POST
def remove(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Take a line out of the cart."""
    cart = own_open_cart(request)
    if cart is not None:
        try:
            cart_remove(cart=cart, line_id=line_id)
        except CartClosed as closed:
            messages.warning(request, str(closed))
        else:
            messages.success(request, gettext("Taken out of your cart."))
    return redirect("configurator:cart")
