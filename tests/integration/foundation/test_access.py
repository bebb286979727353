import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path
from django.views import View
from rest_framework.authtoken.models import Token
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ViewSet

from config import urls as real
from foundation.api import Role, allow, allow_anyone

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def unmarked(request):
    return HttpResponse("never seen")


@allow(Role.PLANNER)
def for_planners(request):
    return HttpResponse("plan")


@allow_anyone
def for_anyone(request):
    return HttpResponse("hello")


@allow(Role.OPERATOR)
class ForOperators(View):
    def get(self, request):
        return HttpResponse("line")


@allow(Role.PLANNER)
class Things(ViewSet):
    def list(self, request):
        return Response([1])

    @allow(Role.CONTROLLER)
    @action(detail=False, methods=["post"])
    def report(self, request):
        return Response({"ok": True})


class Unmarked(ViewSet):
    def list(self, request):
        return Response([1])


router = SimpleRouter()
router.register("things", Things, basename="things")
router.register("unmarked", Unmarked, basename="unmarked-api")
urlpatterns = [
    path("test/unmarked/", unmarked),
    path("test/planners/", for_planners),
    path("test/anyone/", for_anyone),
    path("test/operators/", ForOperators.as_view()),
    path("api/test/", include(router.urls)),
    *real.urlpatterns,
]
handler403 = real.handler403
handler404 = real.handler404
handler500 = real.handler500


def test_a_route_without_a_mark_is_closed_even_to_administrators(client, person):
    client.force_login(person("boss", Role.ADMINISTRATOR))

    assert client.get("/test/unmarked/").status_code == 403


def test_with_the_middleware_off_the_unmarked_route_would_be_open(client, settings):
    # the negative control: it is the middleware that closes the route
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith("RoleMiddleware")]

    assert client.get("/test/unmarked/").status_code == 200


def test_anyone_may_open_what_is_marked_for_anyone(client):
    assert client.get("/test/anyone/").content == b"hello"


def test_who_is_not_signed_in_is_asked_to(client):
    answer = client.get("/test/planners/?page=2")

    assert answer.status_code == 302
    assert answer.url == "/accounts/login/?next=/test/planners/%3Fpage%3D2"


@pytest.mark.parametrize(("role", "status"), [(Role.PLANNER, 200), (Role.OPERATOR, 403), (Role.ADMINISTRATOR, 200)])
def test_a_page_opens_to_its_role(client, person, role, status):
    client.force_login(person("somebody", role))

    assert client.get("/test/planners/").status_code == status


@pytest.mark.parametrize(("role", "status"), [(Role.OPERATOR, 200), (Role.CUSTOMER, 403)])
def test_a_view_class_opens_to_its_role(client, person, role, status):
    client.force_login(person("somebody", role))

    assert client.get("/test/operators/").status_code == status


def test_the_refusal_is_a_sentence(client, person):
    client.force_login(person("otto", Role.OPERATOR))

    answer = client.get("/test/planners/")

    assert "Your account does not have the role this page needs." in answer.content.decode()


def test_a_machine_signs_in_by_token_and_passes_the_mark_of_one_action(client, person):
    token = Token.objects.create(user=person("line-1", Role.CONTROLLER))
    signed = {"HTTP_AUTHORIZATION": f"Token {token.key}"}

    assert client.post("/api/test/things/report/", **signed).json() == {"ok": True}
    assert client.get("/api/test/things/", **signed).status_code == 403


def test_an_api_view_without_a_mark_is_closed_even_to_administrators(client, person):
    client.force_login(person("boss", Role.ADMINISTRATOR))

    answer = client.get("/api/test/unmarked/")

    assert answer.status_code == 403
    assert answer.json() == {"detail": "This route is not open to anybody."}


def test_the_api_refuses_who_is_not_signed_in(client):
    assert client.get("/api/test/things/").status_code in {401, 403}


@pytest.mark.parametrize("role", [Role.PLANNER, Role.PRODUCT_MANAGER, Role.INTEGRATOR, Role.ADMINISTRATOR])
def test_desk_roles_open_the_admin(client, person, role):
    client.force_login(person("somebody", role))

    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.OPERATOR, Role.CONTROLLER])
def test_other_roles_do_not(client, person, role):
    client.force_login(person("somebody", role))

    assert client.get("/admin/").status_code == 403


def test_the_admin_sends_who_is_not_signed_in_to_our_own_page(client):
    assert client.get("/admin/").url == "/accounts/login/?next=/admin/"


def test_signing_in_leads_to_ones_own_desk(client, person):
    client.force_login(person("petra", Role.PLANNER))

    assert client.get("/home/").url == "/planner/"


def test_metrics_need_the_token(client):
    with override_settings(METRICS_TOKEN="secret"):
        assert client.get("/metrics").status_code == 403
        assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer secret").status_code == 200
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 403
