"""Fixtures of the tests with bad input: a shop with one bicycle on sale, a workshop with a plant, hostile visitors."""

from collections.abc import Callable

import pytest
from django.test import Client

from configurator.models import Release
from configurator.services.package import package_import
from configurator.services.publish import release_publish
from tests.integration.bad_input.shop import Visit
from tests.integration.configurator.conftest import BIKE, NOW
from tests.integration.planning.workshop import Workshop


@pytest.fixture
def shop_alone(settings) -> None:
    """No plan, no line: nobody promises a date and nobody checks a release."""
    settings.PROMISER = ""
    settings.RELEASE_CHECKS = []
    settings.ORDER_PROGRESS = ""


@pytest.fixture
def release(db, shop_alone) -> Release:
    """The bicycle on sale."""
    product = package_import(text=BIKE, source="bike.yaml", actor=None, now=NOW)
    return release_publish(product=product, actor=None, now=NOW)


@pytest.fixture
def visit(release) -> Visit:
    """A guest in front of a bicycle."""
    return Visit(Client()).begin()


@pytest.fixture
def workshop(db) -> Workshop:
    """A plant that makes lamps, with lamps on sale."""
    return Workshop()


@pytest.fixture
def api_client(person) -> Callable[..., object]:
    """Sign a machine in: `api_client("ada", Role.CUSTOMER)`."""
    from rest_framework.test import APIClient

    def sign_in(name: str, *roles: object) -> APIClient:
        client = APIClient()
        client.force_authenticate(person(name, *roles))
        return client

    return sign_in
