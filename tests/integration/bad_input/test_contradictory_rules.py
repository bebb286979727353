"""Rules that leave nothing to build are found when the draft is published, and named."""

import pytest
from django.core.management import CommandError, call_command

from configurator.models import Product
from configurator.services.package import package_import
from foundation.api import Role
from tests.integration.bad_input.shop import contents
from tests.integration.configurator.conftest import BIKE, NOW

CONTRADICTION = """  - {code: R8, rule: "motor = big", text: "Big only."}
  - {code: R9, rule: "motor = small", text: "Small only."}
"""


@pytest.fixture
def contradictory(release) -> str:
    package_import(text=BIKE.replace("tables:", f"{CONTRADICTION}tables:"), actor=None, now=NOW)
    return "No configuration keeps all rules: R8 (motor = big); R9 (motor = small) contradict each other."


def test_the_command_names_the_rules_and_the_shop_sells_on(contradictory, client):
    before = contents("configurator")

    with pytest.raises(CommandError) as refused:
        call_command("publish_product", "bike")

    assert contradictory in str(refused.value)
    assert contents("configurator") == before
    assert client.post("/p/bike/").status_code == 302


def test_the_api_names_the_rules(contradictory, api_client):
    sold = Product.objects.get().current_release

    answer = api_client("mona", Role.PRODUCT_MANAGER).post("/api/v1/packages/bike/publish/")

    assert answer.status_code == 409
    assert [finding["text"] for finding in answer.data["findings"]] == [contradictory]
    assert Product.objects.get().current_release == sold
