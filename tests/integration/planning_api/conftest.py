"""Fixtures of the tests of planning's API and admin."""

import pytest
from rest_framework.test import APIClient

from foundation.api import Role
from tests.integration.planning_pages.workshop import Workshop, build_workshop


@pytest.fixture(autouse=True)
def _no_release_checks(settings):
    settings.RELEASE_CHECKS = []


@pytest.fixture
def workshop(db) -> Workshop:
    return build_workshop()


@pytest.fixture
def caller(person):
    """An API client signed in with roles: `caller(Role.PLANNER)`."""

    def make(*roles: Role) -> APIClient:
        client = APIClient()
        client.force_authenticate(person("-".join(roles), *roles))
        return client

    return make


@pytest.fixture
def planner(caller) -> APIClient:
    return caller(Role.PLANNER)


@pytest.fixture
def woken(monkeypatch) -> list[str]:
    """The public ids of runs that a worker was told about."""
    ids: list[str] = []
    monkeypatch.setattr("config.celery.app.send_task", lambda name, args, **_: ids.extend(args))
    return ids
