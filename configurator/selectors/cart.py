"""The cart as the pages show it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from configurator.loading import engine_of
from configurator.loading.words import ChosenInWords
from configurator.models import Cart, CartLine
from configurator.ports import Quote, QuoteRequest, promiser
from configurator.selectors.catalogue import may_be_ordered


@dataclass(frozen=True, slots=True)
class CartLineView:
    """One line of a cart, priced, with the held date or the one that could be had now."""

    public_id: UUID
    configuration_id: UUID | None
    product_code: str
    product_name: str
    picture: str
    parts: tuple[str, ...]
    chosen: tuple[ChosenInWords, ...]
    quantity: int
    unit_price: Decimal
    price: Decimal
    quote: Quote
    held_until: datetime | None
    """None when nothing is held, or no longer."""
    replaced: bool
    """Whether it may not be ordered as it is: another release is sold by now and no date is held for this one."""


@dataclass(frozen=True, slots=True)
class CartView:
    """A cart with its total."""

    public_id: UUID
    lines: tuple[CartLineView, ...]
    total: Decimal
    currency: str
    held_until: datetime | None
    """When the first of the held dates runs out; None unless all dates that can be had are held."""


def cart_view(cart: Cart, *, now: datetime) -> CartView:
    """The cart, in one query; dates that are not held are asked for in one question."""
    rows = list(
        cart.lines.select_related("release__product", "configuration").defer("release__package", "configuration__past")
    )
    held = {row.pk: _holds(row, now) for row in rows}
    open_rows = [row for row in rows if not held[row.pk]]
    requests = [QuoteRequest(row.release_id, row.selection, row.quantity) for row in open_rows]
    asked = promiser().quote_many(requests, now=now) if requests else ()
    quotes = {row.pk: quote for row, quote in zip(open_rows, asked, strict=True)}
    lines = tuple(
        _line(row, quotes.get(row.pk) or Quote(at=row.promised_at, reason=row.promise_reason), held[row.pk])
        for row in rows
    )
    ends = [line.held_until for line in lines if line.held_until is not None]
    all_held = all(line.held_until is not None or line.quote.at is None for line in lines)
    return CartView(
        public_id=cart.public_id,
        lines=lines,
        total=sum((line.price for line in lines), Decimal(0)),
        currency=engine_of(rows[0].release).currency if rows else "",
        held_until=min(ends) if ends and all_held else None,
    )


def _holds(row: CartLine, now: datetime) -> bool:
    return row.hold_until is not None and row.hold_until > now


def _line(row: CartLine, quote: Quote, held: bool) -> CartLineView:
    engine = engine_of(row.release)
    header = engine.package.product
    unit_price = engine.price(row.selection)
    return CartLineView(
        public_id=row.public_id,
        configuration_id=row.configuration.public_id if row.configuration is not None else None,
        product_code=header.code,
        product_name=header.name,
        picture=header.picture,
        parts=engine.parts(row.selection),
        chosen=engine.words.selection(row.choices),
        quantity=row.quantity,
        unit_price=unit_price,
        price=unit_price * row.quantity,
        quote=quote,
        held_until=row.hold_until if held else None,
        replaced=not held and not may_be_ordered(row.release),
    )
