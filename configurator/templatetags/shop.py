"""Prices, differences and dates in the words of the shop, and a product's picture."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from django import template
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from configurator.loading.words import ChosenInWords
from configurator.views.pictures import PictureUnusable, frame_attributes, picture_named, picture_svg

register = template.Library()

NO_BREAK = "\u00a0"
MINUS = "\u2212"
SHORT_WORD = 3


@register.simple_tag
def money(amount: Decimal, currency: str) -> str:
    """EUR 3,611; cents only when there are any."""
    return f"{currency}{NO_BREAK}{_number(amount)}"


@register.simple_tag
def price_difference(amount: Decimal, currency: str) -> SafeString:
    """+EUR 120 in ink, −EUR 60 in green, "Same price" in grey."""
    if not amount:
        return format_html('<span class="delta delta-none">{}</span>', gettext("Same price"))
    sign, name = (MINUS, "delta delta-less") if amount < 0 else ("+", "delta")
    return format_html('<span class="{}">{}{}{}{}</span>', name, sign, currency, NO_BREAK, _number(abs(amount)))


@register.simple_tag
def days_difference(days: int | None) -> SafeString:
    """+3 days in amber, −2 days in green, "same day" in grey; nothing when no date is known."""
    if days is None:
        return SafeString("")
    if days == 0:
        return format_html('<span class="delta delta-none">{}</span>', gettext("same day"))
    words = ngettext("%(days)s day", "%(days)s days", abs(days)) % {"days": abs(days)}
    sign, name = ("+", "delta-late") if days > 0 else (MINUS, "delta-soon")
    return format_html('<span class="delta {}">{}{}</span>', name, sign, words)


@register.filter
def shop_day(moment: datetime | None) -> str:
    """Thu 26 Nov, in plant time."""
    return date_format(localtime(moment), "D j M") if moment else gettext("No date yet")


@register.filter
def shop_time(moment: datetime | None) -> str:
    """26 Nov, 14:40."""
    return date_format(localtime(moment), "j M, H:i") if moment else ""


@register.filter
def in_words(choice: ChosenInWords) -> str:
    """Rear rack, 27 kg; with the question before it where the answer alone says little: Rims: Standard."""
    told = choice.value_name.lower()
    subject = choice.feature_name.lower().split()
    return choice.value_name if any(len(word) > SHORT_WORD and word in told for word in subject) else str(choice)


@register.filter
def in_words_joined(choices: Collection[ChosenInWords]) -> str:
    """Several choices, one after the other."""
    return ", ".join(in_words(choice) for choice in choices)


@register.simple_tag
def picture(name: str, parts: Collection[str], label: str, sections: Mapping[str, str] | None = None) -> SafeString:
    """The product's picture with these parts; an empty box when the product has none that can be shown."""
    try:
        drawing = picture_named(name)
    except PictureUnusable:
        drawing = None
    if drawing is None:
        return format_html('<span class="no-picture" role="img" aria-label="{}"></span>', label)
    return picture_svg(drawing, parts=parts, label=label, sections=sections)


@register.simple_tag
def picture_frame(parts: Collection[str]) -> SafeString:
    """Attributes of the element around a picture: the colours its options ask for."""
    return frame_attributes(parts)


def _number(amount: Decimal) -> str:
    places = 0 if amount == amount.to_integral_value() else 2
    return number_format(amount, decimal_pos=places, use_l10n=True, force_grouping=True)
