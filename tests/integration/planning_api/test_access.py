"""Who may call what: every route of planning's API against every role."""

import uuid

import pytest
from rest_framework.test import APIClient

from foundation.api import Role
from planning.models import LivePlan, Plan, SolveRun, Stock
from planning.rest_api.urls import urlpatterns

RUN = uuid.UUID(int=7)
READ = {Role.PLANNER, Role.OPERATOR, Role.INTEGRATOR}
PLAN = {Role.PLANNER}

ROUTES = {
    ("get", "plans/"): READ,
    ("get", "plans/live/"): READ,
    ("get", "plans/1/"): READ,
    ("get", "plans/1/assignments/"): READ,
    ("post", "plans/1/publish/"): PLAN,
    ("get", "solve-runs/"): PLAN,
    ("post", "solve-runs/"): PLAN,
    ("get", f"solve-runs/{RUN}/"): PLAN,
    ("post", f"solve-runs/{RUN}/cancel/"): PLAN,
    ("post", f"solve-runs/{RUN}/finish/"): PLAN,
    ("get", "production-orders/"): PLAN,
    ("get", "production-orders/1/"): PLAN,
    ("post", "production-orders/1/retry/"): PLAN,
    ("get", "late-orders/"): PLAN,
    ("get", "stations/"): READ,
    ("get", "stock/"): {Role.PLANNER, Role.INTEGRATOR},
    ("get", "stock/LAMP/"): {Role.PLANNER, Role.INTEGRATOR},
    ("put", "stock/LAMP/"): PLAN,
}


def send(client: APIClient, method: str, address: str) -> int:
    return getattr(client, method)(f"/api/v1/{address}", {}).status_code


@pytest.mark.parametrize("role", Role)
@pytest.mark.django_db
def test_a_role_passes_where_it_is_named_and_nowhere_else(caller, woken, role):
    client = caller(role)

    answers = {route: send(client, *route) for route in ROUTES}

    passed = {route for route, code in answers.items() if code != 403}
    assert passed == {route for route, roles in ROUTES.items() if role in roles or role == Role.ADMINISTRATOR}


@pytest.mark.django_db
def test_nobody_passes_without_signing_in():
    assert {send(APIClient(), *route) for route in ROUTES} <= {401, 403}


def test_the_matrix_names_every_route():
    patterns = {str(pattern.pattern) for pattern in urlpatterns}
    places = {"1": "number", str(RUN): "public_id", "LAMP": "item_code"}
    named = {"/".join(places.get(part, part) for part in address.split("/")) for _, address in ROUTES}

    plain = {
        pattern.replace("<int:", "").replace("<str:", "").replace("<uuid:", "").replace(">", "") for pattern in patterns
    }
    assert plain == named


@pytest.mark.django_db
def test_who_is_refused_changes_nothing(caller, workshop):
    plan = workshop.draft()
    client = caller(Role.OPERATOR)

    client.post(f"/api/v1/plans/{plan.number}/publish/", headers={"If-Match": '"none"'})
    client.post("/api/v1/solve-runs/", {})
    client.put("/api/v1/stock/LAMP/", {"quantity": 1})

    assert Plan.objects.get().state == "draft"
    assert LivePlan.objects.get().plan is None
    assert not SolveRun.objects.exists()
    assert not Stock.objects.exists()
