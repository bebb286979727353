"""Fixtures of the tests that try to break what the system promises."""

import pytest

from planning.models import Bucket
from planning.promiser import PlanPromiser
from tests.integration.planning.test_promises import quote
from tests.integration.planning.workshop import MONDAY, PLANT, Workshop


@pytest.fixture
def workshop(db: None) -> Workshop:
    return Workshop()


@pytest.fixture
def full_booth(db: None) -> tuple[Workshop, object]:
    """A workshop whose booth has one shade's time left on Monday, and the quote that would take it."""
    workshop = Workshop(PLANT.replace("14:00", "22:00"))
    last = quote(workshop)
    promiser = PlanPromiser()
    promiser.release(promiser.hold(last, until=MONDAY, now=MONDAY))  # opens the buckets
    booth = Bucket.objects.get(station__code="BOOTH", day=MONDAY.date())
    Bucket.objects.filter(pk=booth.pk).update(reserved=booth.capacity - 1200)
    return workshop, last
