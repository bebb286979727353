"""The planner's API under numbers nobody can mean and bodies of the wrong kind: refused, and nothing is changed."""

import pytest

from foundation.api import Role
from tests.integration.bad_input.shop import contents

PLANS = "/api/v1/plans/"
RUNS = "/api/v1/solve-runs/"
STOCK = "/api/v1/stock/BULB-WARM/"


@pytest.fixture
def planner(workshop, api_client):
    return api_client("petra", Role.PLANNER)


@pytest.mark.parametrize("quantity", [-1, 10**19, 10**40, 1.5, "many", None, [], True, "NaN", "9" * 5000])
def test_a_count_nobody_can_have_made_changes_no_stock(planner, quantity):
    before = contents("planning", "foundation")

    answer = planner.put(STOCK, {"quantity": quantity}, format="json")

    assert answer.status_code == 400
    assert answer.data
    assert contents("planning", "foundation") == before


@pytest.mark.parametrize("code", ["x" * 201, "x" * 5000])
def test_a_code_longer_than_any_item_has_is_no_stock(planner, code):
    before = contents("planning", "foundation")

    answer = planner.put(f"/api/v1/stock/{code}/", {"quantity": 1}, format="json")

    assert answer.status_code in (400, 404)
    assert contents("planning", "foundation") == before


@pytest.mark.parametrize(
    "asked",
    [{"budget_seconds": value} for value in (0, -1, 10**9, 10**30, "long", None, 1.5)]
    + [{"seed": value} for value in (-(10**30), 10**30, "x")],
)
def test_a_run_nobody_can_mean_is_not_started(planner, asked):
    answer = planner.post(RUNS, asked, format="json")

    assert answer.status_code == 400
    assert contents("planning")["planning.SolveRun"] == []


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "{", "NaN", '{"budget_seconds": NaN}'])
def test_a_body_of_the_wrong_kind_starts_nothing(planner, body):
    assert planner.post(RUNS, body, content_type="application/json").status_code in (202, 400)
    assert planner.put(STOCK, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        f"{PLANS}99999999999999999999999/",
        f"{PLANS}99999999999999999999999/assignments/",
        f"{PLANS}?state=%FF",
        f"{PLANS}?limit=-1&offset=99999999999999999999999",
        f"{RUNS}?state=x",
        "/api/v1/production-orders/?state=x&search=%27%3B--",
        "/api/v1/production-orders/%27%20or%201=1/",
        "/api/v1/late-orders/?limit=abc",
        f"/api/v1/stock/{'x' * 300}/",
    ],
)
def test_no_address_of_planning_makes_the_server_fail(planner, address):
    assert planner.get(address).status_code < 500
