from types import SimpleNamespace

import pytest
from django.views import View
from rest_framework.views import APIView

from foundation.roles import ANYONE, Role, allow, allow_anyone, allowed_roles, is_allowed

NOBODY = SimpleNamespace(is_authenticated=False, is_active=False)


def somebody(*roles, active=True):
    return SimpleNamespace(is_authenticated=True, is_active=active, has_role=lambda role: role in roles)


def test_a_view_without_a_mark_has_no_roles():
    assert allowed_roles(lambda request: None) is None


def test_a_marked_function_says_its_roles():
    @allow(Role.PLANNER, Role.OPERATOR)
    def page(request):
        return None

    assert allowed_roles(page) == {Role.PLANNER, Role.OPERATOR}


@pytest.mark.parametrize("base", [View, APIView])
def test_the_mark_of_a_class_is_found_on_its_view_function(base):
    @allow(Role.PLANNER)
    class Page(base):
        pass

    assert allowed_roles(Page.as_view()) == {Role.PLANNER}


def test_a_mark_needs_a_role():
    with pytest.raises(ValueError, match="at least one role"):
        allow()


def test_open_to_anyone_differs_from_open_to_no_role():
    page = allow_anyone(lambda request: None)

    assert allowed_roles(page) is ANYONE
    assert is_allowed(NOBODY, ANYONE)
    assert not is_allowed(NOBODY, frozenset())


def test_a_planner_passes_a_planner_mark_and_no_other():
    planner = somebody(Role.PLANNER)

    assert is_allowed(planner, frozenset({Role.PLANNER}))
    assert not is_allowed(planner, frozenset({Role.OPERATOR}))


def test_a_closed_account_passes_no_mark():
    assert not is_allowed(somebody(Role.PLANNER, active=False), frozenset({Role.PLANNER}))
