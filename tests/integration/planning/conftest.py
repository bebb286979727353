"""Fixtures of planning's integration tests."""

import pytest

from tests.integration.planning.workshop import Workshop


@pytest.fixture
def workshop(db: None) -> Workshop:
    return Workshop()
