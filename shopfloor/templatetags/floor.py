"""How boards and floor pages write ages, durations and checksums."""

from datetime import UTC, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def age(at: datetime | None, never: str = "never") -> SafeString:
    """How long ago a moment of real time was; the page's script counts on."""
    if at is None:
        return format_html('<span class="age">{}</span>', never)
    seconds = max(0, int((datetime.now(UTC) - at).total_seconds()))
    return format_html('<span class="age" data-age="{}">{}</span>', int(at.timestamp() * 1000), in_words(seconds))


@register.filter
def in_words(seconds: int) -> str:
    """An age as people say it: `12 s ago`, `3 min ago`, `2 h ago`, `4 days ago`."""
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (size == 60 and seconds >= 60):
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


@register.filter
def minutes(seconds: int) -> str:
    """A duration as a stopwatch shows it: `7:40`, `1:07:40` from an hour on."""
    hours, rest = divmod(max(0, int(seconds)), 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


@register.filter
def span(seconds: int) -> str:
    """A duration in the two units that matter: `2 h 15 min`, `8 min`, `40 s`, `3 days 4 h`."""
    days, rest = divmod(max(0, int(seconds)), 86400)
    hours, rest = divmod(rest, 3600)
    if days:
        whole = "1 day" if days == 1 else f"{days} days"
        return f"{whole} {hours} h" if hours else whole
    if hours:
        return f"{hours} h {rest // 60} min"
    return f"{rest // 60} min" if rest >= 60 else f"{rest} s"


@register.filter
def hex32(value: int) -> str:
    """A 32-bit number as two groups of four hexadecimal digits."""
    return f"{value >> 16:04X} {value & 0xFFFF:04X}"
