"""The catalogue, and opening a configuration of a product."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from configurator.errors import NotSold
from configurator.models import Product
from configurator.selectors import ConfigurationView, ProductCard, catalogue, choices_view, release_for_sale
from configurator.services.configuration import configuration_start
from configurator.views.visitor import visitor_kept
from foundation.api import allow_anyone, plant_now


@dataclass(frozen=True, slots=True)
class Shown:
    """A product of the catalogue as its standard configuration looks, with its date."""

    card: ProductCard
    view: ConfigurationView
    parts: tuple[str, ...]


@allow_anyone
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Every product that is sold, with price and date of its standard configuration."""
    now = plant_now()
    cards = sorted(catalogue(), key=lambda card: card.standard_price)
    views = [choices_view(release_for_sale(card.code), {}, now=now) for card in cards]
    products = [
        Shown(card, view, _dressed(view, place)) for place, (card, view) in enumerate(zip(cards, views, strict=True))
    ]
    hero = next((shown for shown in products if shown.card.picture), None)
    return render(request, "configurator/catalogue.html", {"products": products, "hero": hero, "read_at": now})


def _dressed(view: ConfigurationView, place: int) -> tuple[str, ...]:
    """The standard parts in a colour that costs nothing more, another one for each place in the list."""
    for section in view.sections:
        for feature in section.features:
            free = [
                option
                for option in feature.options
                if option.price_difference == 0 and any(part.startswith("paint:") for part in option.parts)
            ]
            if len(free) > 1:
                paint = free[(place + 1) % len(free)]
                return (*(part for part in view.parts if not part.startswith("paint:")), *paint.parts)
    return view.parts


@allow_anyone
@require_POST
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Open a configuration on the product's standard."""
    try:
        release = release_for_sale(code)
    except (Product.DoesNotExist, NotSold) as error:
        raise Http404 from error
    visitor = visitor_kept(request)
    configuration = configuration_start(release=release, owner=visitor.user, session_key=visitor.key, now=plant_now())
    return redirect("configurator:configure", configuration.public_id)
