"""A product was published anew: what it would do to a configuration or a cart line, and taking it or not."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from configurator.errors import CartClosed, ReleaseMoved, StaleRevision
from configurator.forms import ReleaseForm
from configurator.models import CartLine, Configuration
from configurator.selectors.catalogue import may_be_ordered
from configurator.selectors.release_migration import migration_view, release_now
from configurator.services.cart import cart_release_take
from configurator.services.configuration import release_take
from configurator.views.visitor import own_configuration, own_open_cart
from foundation.api import allow_anyone, plant_now

KEPT = "older_kept"
"""In the session: configurations whose owner wants to go on looking at the old release, by the release declined."""
KEPT_AT_MOST = 20


def newer_release(request: HttpRequest, configuration: Configuration) -> dict[str, Any]:
    """What the configuration page says about a newer release; nothing when there is none."""
    current = release_now(configuration.release)
    if current is None:
        return {}
    declined = request.session.get(KEPT, {}).get(str(configuration.public_id)) == current.number
    return _banner(configuration) if declined else _panel(configuration)


@allow_anyone
@never_cache
@require_http_methods(["GET", "POST"])
def configuration_release(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the release that is sold now would change; a POST takes it."""
    configuration = own_configuration(request, public_id)
    page = reverse("configurator:configure", args=[public_id])
    if release_now(configuration.release) is None:
        return _to(request, page)
    if request.method == "GET":
        return _shown(request, _panel(configuration))
    form = ReleaseForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            release_take(
                public_id=public_id, revision=asked["revision"], release_number=asked["release"], now=plant_now()
            )
        except (StaleRevision, ReleaseMoved):
            pass
        else:
            messages.success(request, gettext("This is the new version now. Undo brings the old one back."))
            return _to(request, page)
    seen_before = gettext("Something has changed since you looked; this is how it stands now.")
    return _shown(request, {**_panel(own_configuration(request, public_id)), "note": seen_before}, status=409)


@allow_anyone
@require_POST
def configuration_keep(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Go on looking at the old release."""
    configuration = own_configuration(request, public_id)
    current = release_now(configuration.release)
    if current is not None:
        kept = request.session.get(KEPT, {})
        kept.pop(str(public_id), None)
        newest = [*kept.items(), (str(public_id), current.number)][-KEPT_AT_MOST:]
        request.session[KEPT] = dict(newest)
        if request.htmx:  # type: ignore[attr-defined]  # the middleware of django-htmx sets it
            return render(request, "configurator/_older_release.html", _banner(configuration))
    return _to(request, reverse("configurator:configure", args=[public_id]))


@allow_anyone
@never_cache
@require_GET
def line(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """What the release that is sold now would change in a line of the cart."""
    row = _own_line(request, line_id)
    if release_now(row.release) is None:
        return redirect("configurator:cart")
    return _shown(request, _line_panel(row))


@allow_anyone
@require_POST
def line_take(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Bring a line of the cart to the release that is sold now."""
    row = _own_line(request, line_id)
    form = ReleaseForm({"revision": 0, "release": request.POST.get("release")})
    try:
        if not form.is_valid():
            raise Http404
        cart_release_take(cart=row.cart, line_id=line_id, release_number=form.cleaned_data["release"])
    except CartClosed as closed:
        messages.warning(request, str(closed))
    except ReleaseMoved as moved:
        messages.warning(request, str(moved))
        return redirect("configurator:line-release", line_id)
    else:
        messages.success(request, gettext("Your cart holds the new version now."))
    return redirect("configurator:cart")


def _own_line(request: HttpRequest, line_id: UUID) -> CartLine:
    cart = own_open_cart(request)
    rows = CartLine.objects.select_related("cart", "release__product").defer("release__package")
    row = rows.filter(cart=cart, public_id=line_id).first() if cart is not None else None
    if row is None:
        raise Http404
    return row


def _banner(configuration: Configuration) -> dict[str, Any]:
    return {
        "older": True,
        "orderable": may_be_ordered(configuration.release),
        "public_id": configuration.public_id,
        "product_name": configuration.release.product.name,
    }


def _panel(configuration: Configuration) -> dict[str, Any]:
    current = release_now(configuration.release)
    if current is None:
        return {}
    return {
        "migration": migration_view(configuration.release, current, configuration.choices, now=plant_now()),
        "public_id": configuration.public_id,
        "panel_revision": configuration.revision,
        "take_url": reverse("configurator:configuration-release", args=[configuration.public_id]),
        "keep_url": reverse("configurator:configuration-keep", args=[configuration.public_id]),
    }


def _line_panel(row: CartLine) -> dict[str, Any]:
    current = release_now(row.release)
    assert current is not None
    return {
        "migration": migration_view(row.release, current, row.choices, now=plant_now(), quantity=row.quantity),
        "take_url": reverse("configurator:line-release-take", args=[row.public_id]),
        "back_url": reverse("configurator:cart"),
    }


def _shown(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "configurator/_new_release.html", context)
    return render(request, "configurator/new_release.html", context, status=status)


def _to(request: HttpRequest, address: str) -> HttpResponse:
    """Another page, whoever asks: the questions of a new release may be others, so no part of the old page stays."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
