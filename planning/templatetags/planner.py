"""How the console writes durations, ages, states and products."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from planning.models import OperationState, PlanState, ProductionOrderState
from planning.selectors.marks import product_mark

register = template.Library()

SHAPES = {
    "t": '<path d="M5 .8 9.5 9h-9z"/>',
    "c": '<circle cx="5" cy="5" r="4"/>',
    "k": '<rect x="1" y="1" width="8" height="8"/>',
}
# state -> tone of the badge and icon
BADGES: dict[str, tuple[str, str]] = {
    ProductionOrderState.OPEN: ("", "clock"),
    ProductionOrderState.BLOCKED: ("bad", "lock"),
    ProductionOrderState.IN_PRODUCTION: ("you", "play"),
    ProductionOrderState.BUILT: ("good", "check"),
    ProductionOrderState.FAILED: ("bad", "alarm"),
    ProductionOrderState.CANCELLED: ("", "close"),
    OperationState.WAITING: ("", "clock"),
    OperationState.RELEASED: ("you", "send"),
    OperationState.RUNNING: ("you", "play"),
    OperationState.DONE: ("good", "check"),
    PlanState.DRAFT: ("warn", "edit"),
    PlanState.LIVE: ("good", "check"),
    PlanState.SUPERSEDED: ("", "clock"),
    PlanState.STALE: ("", "close"),
}


@register.inclusion_tag("planning/_badge.html")
def state_badge(row: Any) -> dict[str, str]:
    """The state of an order, an operation or a plan: a word, an icon, a tone."""
    tone, sign = BADGES.get(row.state, ("", "info"))
    return {"tone": tone, "sign": sign, "word": row.get_state_display()}


@register.simple_tag
def mark(product_code: str, name: str = "") -> SafeString:
    """The mark of a product: told apart by shape and fill, so that neither is needed alone."""
    letter = product_mark(product_code)
    return format_html(
        '<span class="fam fam-{}" title="{}"><svg viewBox="0 0 10 10" role="img" aria-label="{}">{}</svg></span>',
        letter,
        name or product_code,
        name or product_code,
        SafeString(SHAPES[letter]),
    )


@register.filter
def span(length: timedelta | None) -> str:
    """A duration in the two units that matter: `2 h 15`, `40 min`, `3 days 4 h`."""
    if length is None:
        return "–"
    minutes = round(abs(length.total_seconds()) / 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, rest = divmod(rest, 60)
    if days:
        word = "day" if days == 1 else "days"
        return f"{days} {word} {hours} h" if hours else f"{days} {word}"
    if hours:
        return f"{hours} h {rest:02d}" if rest else f"{hours} h"
    return f"{rest} min"


@register.filter
def seconds(count: int) -> timedelta:
    """A number of seconds as a duration."""
    return timedelta(seconds=count)


@register.filter
def change(length: timedelta | None) -> str:
    """A difference in words: `2 h 15 later`, `50 min earlier`."""
    if not length:
        return "same time"
    return f"{span(length)} {'later' if length > timedelta() else 'earlier'}"


@register.simple_tag
def live_age() -> SafeString:
    """How long ago this was read; the page's script counts on."""
    now = datetime.now(UTC)
    return format_html('<span class="age" data-age="{}">now</span>', round(now.timestamp() * 1000))
