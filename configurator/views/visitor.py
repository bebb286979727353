"""Who is in the shop, and what is theirs. What is somebody else's does not exist: 404."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from configurator.models import Cart, Configuration, Order
from configurator.services.cart import cart_open
from foundation.api import User, plant_now

GUEST_KEY = "shop_guest"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A customer, or a guest known by a key that lives in the session and survives signing in."""

    user: User | None
    key: str

    def mine(self) -> Q:
        """Rows of this visitor; what a guest made stays within reach after signing in."""
        mine = Q(pk__in=())
        if self.key:
            mine |= Q(session_key=self.key)
        if self.user is not None:
            mine |= Q(owner=self.user)
        return mine


def visitor_of(request: HttpRequest) -> Visitor:
    """The visitor; a guest without a key has nothing yet."""
    user = request.user if isinstance(request.user, User) else None
    return Visitor(user=user, key=request.session.get(GUEST_KEY, ""))


def visitor_kept(request: HttpRequest) -> Visitor:
    """The visitor, with a key from now on: for whoever is about to make something."""
    if GUEST_KEY not in request.session:
        request.session[GUEST_KEY] = secrets.token_urlsafe(32)
    return visitor_of(request)


def own_configuration(request: HttpRequest, public_id: UUID) -> Configuration:
    """The visitor's configuration; 404 for everybody else's."""
    rows = Configuration.objects.select_related("release__product").defer("release__package")
    row = rows.filter(visitor_of(request).mine(), public_id=public_id).first()
    if row is None:
        raise Http404
    return row


def own_cart(request: HttpRequest, *, now: datetime) -> Cart:
    """The visitor's open cart, opened if need be."""
    visitor = visitor_kept(request)
    return cart_open(owner=visitor.user, session_key=visitor.key, now=now)


def own_open_cart(request: HttpRequest) -> Cart | None:
    """The visitor's open cart if there is one, without making any; after signing in also the guest's."""
    visitor = visitor_of(request)
    rows = Cart.objects.filter(ordered_at=None)
    if visitor.user is not None and (own := rows.filter(owner=visitor.user).first()) is not None:
        return own
    if not visitor.key or not rows.filter(owner=None, session_key=visitor.key).exists():
        return None
    return cart_open(owner=visitor.user, session_key=visitor.key, now=plant_now())


def own_orders(request: HttpRequest) -> QuerySet[Order]:
    """The visitor's orders, newest first."""
    visitor = visitor_of(request)
    mine = Q(pk__in=())
    if visitor.key:
        mine |= Q(session_key=visitor.key)
    if visitor.user is not None:
        mine |= Q(customer=visitor.user)
    return Order.objects.filter(mine).order_by("-placed_at", "-pk")


def own_order(request: HttpRequest, public_id: UUID) -> Order:
    """The visitor's order; 404 for everybody else's."""
    order = own_orders(request).filter(public_id=public_id).first()
    if order is None:
        raise Http404
    return order
