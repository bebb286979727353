"""What a customer does to a cart, up to holding its dates."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from configurator.errors import CartClosed, CartEmpty, PromiseLapsed, ReleaseMoved
from configurator.loading import engine_of
from configurator.loading.moving import Moved, move
from configurator.models import Cart, CartLine, Configuration
from configurator.ports import QuoteRequest, promiser
from configurator.services.order import hold_best
from configurator.services.release_sold import orderable_checked, release_expected
from configurator.services.selection import quantity_checked
from foundation.api import User

HOLD_TIME = timedelta(minutes=15)


def cart_open(*, owner: User | None, session_key: str, now: datetime) -> Cart:
    """The open cart of a customer or of a guest's browser, made if there is none.

    A customer without an open cart takes over the one the browser had before signing in.
    """
    mine = {"owner": owner} if owner is not None else {"owner": None, "session_key": session_key}
    cart = Cart.objects.filter(ordered_at=None, **mine).first()
    if cart is not None:
        return cart
    try:
        with transaction.atomic():
            guests = Cart.objects.filter(ordered_at=None, owner=None, session_key=session_key).exclude(session_key="")
            if owner is not None and guests.update(owner=owner):
                return Cart.objects.get(ordered_at=None, owner=owner)
            return Cart.objects.create(owner=owner, session_key=session_key, created_at=now)
    except IntegrityError:  # another request of the same customer was faster
        return Cart.objects.get(ordered_at=None, **mine)


@transaction.atomic
def cart_add(*, cart: Cart, configuration: Configuration, quantity: int, now: datetime) -> CartLine:
    """Put a configuration, completed with the standard, into the cart; later changes to it do not follow.

    Raises `ReleaseWithdrawn` when its release may not be ordered any more.
    """
    orderable_checked(configuration.release)
    _lock_open(cart)
    return CartLine.objects.create(
        cart=cart,
        release=configuration.release,
        configuration=configuration,
        choices=configuration.choices,
        selection=engine_of(configuration.release).complete(configuration.choices),
        quantity=quantity_checked(quantity),
        added_at=now,
    )


def cart_change_quantity(*, cart: Cart, line_id: UUID, quantity: int) -> CartLine:
    """Order more or less of a line; its held date is given back, as it was for another quantity."""
    quantity_checked(quantity)
    with transaction.atomic():
        _lock_open(cart)
        line = cart.lines.get(public_id=line_id)
        if quantity == line.quantity:
            return line
        reference = line.hold_reference
        line.quantity = quantity
        _forget_promise(line)
        line.save()
    if reference:
        promiser().release(reference)
    return line


def cart_release_take(*, cart: Cart, line_id: UUID, release_number: int) -> Moved:
    """Bring a line to the release that is sold now, with the least change; its held date is given back.

    Raises `ReleaseMoved` when that is not the release whose changes were shown, or the line is on it already.
    """
    lines = cart.lines.select_related("release__product").defer("release__package")
    line = lines.get(public_id=line_id)
    release = release_expected(line.release, release_number)
    moved = move(line.choices, engine_of(line.release), engine_of(release), line.selection)
    reference, old = line.hold_reference, line.release_id
    with transaction.atomic():
        _lock_open(cart)
        line.release, line.choices, line.selection = release, dict(moved.migration.choices), dict(moved.after)
        _forget_promise(line)
        if release.pk == old or not lines.filter(pk=line.pk, release=old, hold_reference=reference).exists():
            raise ReleaseMoved(release.product.name)
        line.save()
    if reference:
        promiser().release(reference)
    return moved


def cart_remove(*, cart: Cart, line_id: UUID) -> None:
    """Take a line out of the cart and give its held date back; a line that is gone already is no error."""
    with transaction.atomic():
        _lock_open(cart)
        line = cart.lines.filter(public_id=line_id).first()
        if line is None:
            return
        reference = line.hold_reference
        line.delete()
    if reference:
        promiser().release(reference)


def promise_hold(*, cart: Cart, now: datetime, hold_time: timedelta = HOLD_TIME) -> tuple[CartLine, ...]:
    """Hold the best date of every line for a quarter of an hour, all of them or none; a hold that still runs is kept.

    The time is the plant's; a caller whose plant clock runs faster than the customer's watch asks for more of it.

    A line whose capacity somebody else takes meanwhile gets the next date. Lines without any date hold nothing.
    Raises `ReleaseWithdrawn` for a line that may not be ordered any more.
    """
    if cart.ordered_at is not None:
        raise CartClosed
    lines = list(cart.lines.select_related("release__product").defer("release__package"))
    if not lines:
        raise CartEmpty
    waiting = [line for line in lines if not (line.hold_until is not None and line.hold_until > now)]
    for line in waiting:
        orderable_checked(line.release)
    for line in waiting:
        if line.hold_reference:
            promiser().release(line.hold_reference)
            _forget_promise(line)
    requests = [QuoteRequest(line.release_id, line.selection, line.quantity) for line in waiting]
    quotes = promiser().quote_many(requests, now=now) if requests else ()
    try:
        for line, quote in zip(waiting, quotes, strict=True):
            line.hold_reference, held = hold_best(quote, until=now + hold_time, now=now)
            line.hold_until = now + hold_time if line.hold_reference else None
            line.promised_at, line.promise_reason = held.at, held.reason[:300]
    except PromiseLapsed:
        for line in waiting:
            if line.hold_reference:
                promiser().release(line.hold_reference)
        CartLine.objects.filter(pk__in=[line.pk for line in waiting]).update(
            hold_reference="", hold_until=None, promised_at=None, promise_reason=""
        )
        raise
    CartLine.objects.bulk_update(waiting, ["hold_reference", "hold_until", "promised_at", "promise_reason"])
    return tuple(lines)


def _lock_open(cart: Cart) -> None:
    """Keep the cart from being ordered until the caller's transaction ends; raises `CartClosed`."""
    if Cart.objects.select_for_update().get(pk=cart.pk).ordered_at is not None:
        raise CartClosed


def _forget_promise(line: CartLine) -> None:
    line.hold_reference, line.hold_until, line.promised_at, line.promise_reason = "", None, None, ""
