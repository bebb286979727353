"""Fixtures of the shop floor's integration tests."""

import pytest

from foundation.models import RoleGrant, User
from foundation.roles import Role
from shopfloor.models import Channel
from tests.integration.shopfloor.paint_shop import Floor, build_floor


@pytest.fixture
def floor(db: None) -> Floor:
    return build_floor()


@pytest.fixture
def channel(floor: Floor) -> Channel:
    return Channel.objects.get(station_code="BOOTH-1")


@pytest.fixture
def operator(db: None) -> User:
    user = User.objects.create_user("operator7", password="not used here")
    RoleGrant.objects.create(user=user, role=Role.OPERATOR)
    return user
