"""Placing an order: everything it was sold by is frozen in one transaction, once per key."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F

from configurator.engine.expressions import Value
from configurator.errors import CartChanged, CartClosed, CartEmpty, KeyReused, MixedCurrencies, PromiseLapsed
from configurator.loading import engine_of
from configurator.models import Cart, CartLine, Order, OrderLine, OrderNumberSeries, Release
from configurator.ports import HoldLapsed, Quote, QuoteRequest, Taken, promiser
from configurator.services.release_sold import orderable_checked
from configurator.services.selection import choices_checked, quantity_checked, selection_checked
from foundation.api import User, audit_record, fingerprint_of

HOLD_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the order is for."""

    name: str
    email: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class LineRequest:
    """What a machine orders: choices under a release, completed with the standard."""

    release: Release
    choices: Mapping[str, Value]
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class LineToOrder:
    """One line of an order about to be placed: complete, priced, its date held if there is one."""

    release: Release
    choices: Mapping[str, Value]
    selection: Mapping[str, Value]
    quantity: int
    unit_price: Decimal
    currency: str
    hold_reference: str = ""
    promised_at: datetime | None = None
    promise_reason: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """Under whose key which contents are to be ordered."""

    scope: str
    key: str
    fingerprint: str

    def placed(self) -> Order | None:
        """The order placed under this key; raises `KeyReused` when it has other contents."""
        order = Order.objects.filter(idempotency_scope=self.scope, idempotency_key=self.key).first()
        if order is not None and order.fingerprint != self.fingerprint:
            raise KeyReused(order)
        return order


def order_place(*, cart: Cart, key: str, contact: Contact, actor: User | None, now: datetime) -> Order:
    """Freeze a cart and its held promises into an order; the same key gives the same order again.

    A line of a release that was replaced meanwhile is ordered under it while its date is held; without a held date it
    raises `ReleaseWithdrawn`.
    """
    rows = _cart_rows(cart)
    placement = Placement(
        scope=_scope(cart.owner_id, cart.session_key),
        key=key,
        fingerprint=fingerprint_of(
            [asdict(contact), [[row.release_id, row.selection, row.quantity] for row in rows], str(cart.public_id)]
        ),
    )
    if (placed := placement.placed()) is not None:
        return placed
    if not rows:
        raise CartEmpty
    if any(row.hold_until is not None and row.hold_until <= now for row in rows):
        raise PromiseLapsed
    for row in rows:
        if row.hold_until is None:  # what is held was promised together with its price
            orderable_checked(row.release)
    lines = [_line_of_cart(row) for row in rows]
    try:
        with transaction.atomic():
            if Cart.objects.filter(pk=cart.pk, ordered_at=None).update(ordered_at=now) != 1:
                raise CartClosed
            if [_line_of_cart(row) for row in _cart_rows(cart)] != lines:
                raise CartChanged
            return _order_create(placement, lines, contact, customer=cart.owner, cart=cart, actor=actor, now=now)
    except (CartClosed, IntegrityError) as error:
        # Two submissions at once: the other one was first. Equal ones get its order, others are told.
        if (placed := placement.placed()) is not None:
            return placed
        if isinstance(error, CartClosed):
            raise CartClosed(Order.objects.filter(cart=cart).first()) from None
        raise
    except HoldLapsed as lapsed:
        raise PromiseLapsed from lapsed


def order_place_directly(
    *,
    requests: Sequence[LineRequest],
    key: str,
    contact: Contact,
    actor: User,
    hold_until: datetime,
    now: datetime,
) -> Order:
    """Order without a cart: complete, quote, hold and place in one call; the same key gives the same order again."""
    placement = Placement(
        scope=_scope(actor.pk, ""),
        key=key,
        # By product, not by release: a repetition after a publication is still the same request.
        fingerprint=fingerprint_of(
            [asdict(contact), [[line.release.product_id, dict(line.choices), line.quantity] for line in requests]]
        ),
    )
    if (placed := placement.placed()) is not None:
        return placed
    if not requests:
        raise CartEmpty
    lines = [_line_of_request(request) for request in requests]
    held = _held(lines, hold_until=hold_until, now=now)
    try:
        with transaction.atomic():
            return _order_create(placement, held, contact, customer=actor, cart=None, actor=actor, now=now)
    except Exception as error:
        for line in held:
            if line.hold_reference:
                promiser().release(line.hold_reference)
        if isinstance(error, IntegrityError) and (placed := placement.placed()) is not None:
            return placed
        if isinstance(error, HoldLapsed):
            raise PromiseLapsed from error
        raise


def _scope(owner_id: int | None, session_key: str) -> str:
    return f"user:{owner_id}" if owner_id is not None else f"session:{session_key}"


def _cart_rows(cart: Cart) -> list[CartLine]:
    return list(cart.lines.select_related("release__product").defer("release__package").order_by("pk"))


def _line_of_cart(row: CartLine) -> LineToOrder:
    return replace(
        _line(row.release, row.choices, row.selection, row.quantity),
        hold_reference=row.hold_reference,
        promised_at=row.promised_at,
        promise_reason=row.promise_reason,
    )


def _line_of_request(request: LineRequest) -> LineToOrder:
    choices = choices_checked(request.release, request.choices)
    return _line(request.release, choices, selection_checked(request.release, choices), request.quantity)


def _line(release: Release, choices: Mapping[str, Value], selection: Mapping[str, Value], quantity: int) -> LineToOrder:
    engine = engine_of(release)
    return LineToOrder(
        release=release,
        choices=choices,
        selection=selection,
        quantity=quantity_checked(quantity),
        unit_price=engine.price(selection),
        currency=engine.currency,
    )


def hold_best(quote: Quote, *, until: datetime, now: datetime) -> tuple[str, Quote]:
    """Hold the quote or, when somebody else took it, what is left; an empty reference when no date can be given."""
    for _ in range(HOLD_ATTEMPTS):
        if quote.at is None:
            return "", quote
        held = promiser().hold(quote, until=until, now=now)
        if not isinstance(held, Taken):
            return held, quote
        quote = held.next
    raise PromiseLapsed


def _held(lines: Sequence[LineToOrder], *, hold_until: datetime, now: datetime) -> list[LineToOrder]:
    """The lines with their dates held, all of them or none."""
    requests = [QuoteRequest(line.release.pk, line.selection, line.quantity) for line in lines]
    held: list[LineToOrder] = []
    try:
        for line, quote in zip(lines, promiser().quote_many(requests, now=now), strict=True):
            reference, taken = hold_best(quote, until=hold_until, now=now)
            held.append(
                replace(line, hold_reference=reference, promised_at=taken.at, promise_reason=taken.reason[:300])
            )
    except PromiseLapsed:
        for line in held:
            if line.hold_reference:
                promiser().release(line.hold_reference)
        raise
    return held


def _order_create(
    placement: Placement,
    lines: Sequence[LineToOrder],
    contact: Contact,
    *,
    customer: User | None,
    cart: Cart | None,
    actor: User | None,
    now: datetime,
) -> Order:
    """Write the order and confirm its holds, inside the caller's transaction."""
    currencies = sorted({line.currency for line in lines})
    if len(currencies) != 1:
        raise MixedCurrencies(currencies)
    order = Order.objects.create(
        number=_next_number(now.year),
        customer=customer,
        cart=cart,
        session_key=cart.session_key if cart is not None else "",
        email=contact.email,
        name=contact.name,
        address=contact.address,
        placed_at=now,
        total=sum((line.unit_price * line.quantity for line in lines), Decimal(0)),
        currency=currencies[0],
        idempotency_scope=placement.scope,
        idempotency_key=placement.key,
        fingerprint=placement.fingerprint,
    )
    for position, line in enumerate(lines, start=1):
        row = OrderLine.objects.create(
            order=order,
            position=position,
            release=line.release,
            choices=dict(line.choices),
            selection=dict(line.selection),
            quantity=line.quantity,
            unit_price=line.unit_price,
            promised_at=line.promised_at,
            promise_reason=line.promise_reason,
            hold_reference=line.hold_reference,
        )
        if line.hold_reference:
            promiser().confirm(line.hold_reference, row.pk)
    audit_record(
        actor=actor,
        verb="order.placed",
        subject=order,
        detail={"total": str(order.total), "currency": order.currency, "lines": len(lines)},
        at=now,
    )
    return order


def _next_number(year: int) -> str:
    """The next order number of the year; the row stays locked until the order is committed or given up."""
    OrderNumberSeries.objects.get_or_create(year=year)
    OrderNumberSeries.objects.filter(year=year).update(last=F("last") + 1)
    return f"{year}-{OrderNumberSeries.objects.get(year=year).last:05d}"
