"""Fixtures of the console's tests."""

import pytest

from foundation.roles import Role
from tests.integration.planning_pages.workshop import Workshop, build_workshop


@pytest.fixture(autouse=True)
def _no_release_checks(settings):
    settings.RELEASE_CHECKS = []


@pytest.fixture
def workshop(db) -> Workshop:
    return build_workshop()


@pytest.fixture
def planner(person):
    return person("petra", Role.PLANNER)


@pytest.fixture
def console(client, planner):
    client.force_login(planner)
    return client
