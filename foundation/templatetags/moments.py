"""Moments as scripts want them."""

from datetime import datetime

from django import template

register = template.Library()


@register.filter
def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970, the number a script counts on from."""
    return round(moment.timestamp() * 1000)
