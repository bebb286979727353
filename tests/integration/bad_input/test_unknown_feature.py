"""A feature that does not exist: asked for by a machine, or written into a rule."""

import pytest
from django.core.management import CommandError, call_command

from configurator.models import Order
from foundation.api import Role
from tests.integration.bad_input.shop import contents
from tests.integration.configurator.conftest import BIKE


def test_the_api_names_the_feature_it_does_not_know(release, api_client):
    machine = api_client("ada", Role.CUSTOMER)

    asked = machine.post("/api/v1/configure/bike/", {"choices": {"wings": "two"}}, format="json")
    ordered = machine.post(
        "/api/v1/orders/",
        {"name": "Ada", "lines": [{"product": "bike", "choices": {"wings": "two"}}]},
        format="json",
        headers={"Idempotency-Key": "k"},
    )

    assert (asked.status_code, ordered.status_code) == (400, 400)
    assert asked.data["detail"] == ordered.data["detail"] == "This product has no feature 'wings'."
    assert Order.objects.count() == 0


def test_a_rule_about_an_unknown_feature_is_refused_with_its_column(release, tmp_path):
    path = tmp_path / "bike.yaml"
    path.write_text(BIKE.replace('rule: "motor = big', 'rule: "moter = big'))
    before = contents("configurator")

    with pytest.raises(CommandError, match=r"bike\.yaml, line 41, column 23.*moter.*did you mean motor"):
        call_command("import_product", path)

    assert contents("configurator") == before
