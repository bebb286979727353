"""The paint shop, committed so that the gateway's thread sees it."""

import pytest

from tests.integration.shopfloor.paint_shop import Floor, build_floor


@pytest.fixture
def floor(transactional_db: None) -> Floor:
    return build_floor()
