"""A customer's checkout in a process of its own, to be killed without warning. Run with LINEWRIGHT_HOME set.

`prepare` makes the database with a bicycle in a guest's cart. `order STAGE` places the order and stands still at the
stage, saying "here"; `order STAGE careless` does so without a transaction.
"""

import contextlib
import os
import sys
import time
from types import SimpleNamespace
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

from configurator.models import Cart, OrderLine  # noqa: E402
from configurator.services import order as order_service  # noqa: E402
from configurator.services.cart import cart_add, cart_open  # noqa: E402
from configurator.services.configuration import configuration_start  # noqa: E402
from configurator.services.package import package_import  # noqa: E402
from configurator.services.publish import release_publish  # noqa: E402
from tests.integration.configurator.conftest import BIKE, NOW  # noqa: E402


def prepare() -> None:
    call_command("migrate", verbosity=0)
    product = package_import(text=BIKE, actor=None, now=NOW)
    release = release_publish(product=product, actor=None, now=NOW)
    configuration = configuration_start(release=release, owner=None, session_key="guest", now=NOW)
    cart = cart_open(owner=None, session_key="guest", now=NOW)
    cart_add(cart=cart, configuration=configuration, quantity=2, now=NOW)


def stand_still(*arguments: Any, **named: Any) -> None:
    print("here", flush=True)  # noqa: T201 - the test reads it
    time.sleep(120)


def order(stage: str, careless: bool) -> None:
    if stage == "cart claimed":
        order_service._order_create = stand_still  # type: ignore[assignment]
    elif stage == "order written":
        OrderLine.objects.create = stand_still  # type: ignore[method-assign]
    elif stage == "lines written":
        order_service.audit_record = stand_still  # type: ignore[assignment]
    if careless:
        order_service.transaction = SimpleNamespace(atomic=contextlib.nullcontext)  # type: ignore[attr-defined]
    cart = Cart.objects.get()
    contact = order_service.Contact(name="Ada")
    placed = order_service.order_place(cart=cart, key="one key", contact=contact, actor=None, now=NOW)
    print(placed.number, flush=True)  # noqa: T201
    if stage == "committed":
        stand_still()


if __name__ == "__main__":
    with override_settings(PROMISER="", RELEASE_CHECKS=[], ORDER_PROGRESS=""):
        if sys.argv[1] == "prepare":
            prepare()
        else:
            order(sys.argv[2], sys.argv[3:] == ["careless"])
