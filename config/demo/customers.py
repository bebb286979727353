"""Customers of the demonstration: seeded people who configure, change their minds, and order."""

import random
from collections.abc import Sequence
from datetime import datetime

from configurator.loading import engine_of
from configurator.models import Configuration, Order, Release
from configurator.services.cart import cart_add, cart_open, promise_hold
from configurator.services.configuration import ChoiceRefused, choice_make, configuration_start
from configurator.services.order import Contact, order_place

CLICKS = (3, 8)  # fewest and most deliberate choices of one customer

GIVEN_NAMES = (
    "Ada",
    "Bo",
    "Chen",
    "Dana",
    "Emil",
    "Fatou",
    "Goran",
    "Hana",
    "Ines",
    "Jun",
    "Kofi",
    "Lena",
    "Mira",
    "Noor",
)
STREETS = ("Harbour Street", "Mill Lane", "Station Road", "Park Row", "Market Square", "River Walk")


class CustomerFailed(RuntimeError):
    """A click on a value that was on show was refused: the valid domains were wrong."""


def order_as_customer(*, dice: random.Random, releases: Sequence[Release], number: int, now: datetime) -> Order:
    """Configure one product at random, click by click on values that are on offer, and order it."""
    session_key = f"demonstration-{number}"
    configuration = configuration_start(release=dice.choice(releases), owner=None, session_key=session_key, now=now)
    for _ in range(dice.randint(*CLICKS)):
        configuration = _click(dice, configuration, now)
    cart = cart_open(owner=None, session_key=session_key, now=now)
    cart_add(cart=cart, configuration=configuration, quantity=1, now=now)
    promise_hold(cart=cart, now=now)
    name = dice.choice(GIVEN_NAMES)
    contact = Contact(
        name=name,
        email=f"{name.lower()}{number}@example.org",
        address=f"{dice.randint(1, 99)} {dice.choice(STREETS)}",
    )
    return order_place(
        cart=cart, key=f"{session_key}-{dice.getrandbits(64):016x}", contact=contact, actor=None, now=now
    )


def _click(dice: random.Random, configuration: Configuration, now: datetime) -> Configuration:
    """Choose a value that is on offer for a feature that still has a choice."""
    domains = engine_of(configuration.release).valid_domains(configuration.choices)
    open_features = sorted(
        name for name, values in domains.items() if len(values) > 1 and name not in configuration.choices
    )
    if not open_features:
        return configuration
    feature = dice.choice(open_features)
    value = dice.choice(sorted(domains[feature], key=str))
    outcome = choice_make(
        public_id=configuration.public_id, revision=configuration.revision, feature=feature, value=value, now=now
    )
    if isinstance(outcome, ChoiceRefused):
        raise CustomerFailed(f"{feature} = {value} was on offer and was refused.")
    return outcome.configuration
