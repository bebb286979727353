import pytest
from django.urls import path

from config import urls as real
from foundation.api import Role, allow_anyone

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@allow_anyone
def broken(request):
    raise RuntimeError("planted")


urlpatterns = [path("test/broken/", broken), path("api/test/broken/", broken), *real.urlpatterns]
handler403, handler404, handler500 = real.handler403, real.handler404, real.handler500


def test_a_right_password_signs_in(client, person):
    person("petra", Role.PLANNER)

    answer = client.post("/accounts/login/", {"username": "petra", "password": "a long enough word"})

    assert answer.url == "/home/"


def test_a_wrong_password_says_so_and_keeps_the_name(client, person):
    person("petra")

    page = client.post("/accounts/login/", {"username": "petra", "password": "wrong"}).content.decode()

    assert "Name and password do not match an account." in page
    assert 'value="petra"' in page


def test_the_eleventh_guess_is_not_even_looked_at(client, person):
    person("petra")
    for _ in range(10):
        client.post("/accounts/login/", {"username": "petra", "password": "wrong"})

    answer = client.post("/accounts/login/", {"username": "petra", "password": "a long enough word"})

    assert answer.status_code == 429
    assert "opens again after 15 minutes" in answer.content.decode()


def test_signing_out_takes_a_post(client, person):
    client.force_login(person("petra"))

    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/home/").url.startswith("/accounts/login/")


def test_a_missing_page_is_a_page_for_people_and_json_for_machines(client):
    assert "There is nothing here" in client.get("/nowhere/").content.decode()
    assert client.get("/api/v1/nowhere/").json() == {"detail": "There is no page at this address."}


def test_an_error_page_leaves_the_transaction_around_it_alone(client, person):
    client.force_login(person("petra"))

    assert client.get("/nowhere/").status_code == 404
    assert client.get("/home/").status_code == 403


def test_a_mistake_of_ours_shows_no_innards(client):
    client.raise_request_exception = False

    page = client.get("/test/broken/")

    assert page.status_code == 500
    assert "planted" not in page.content.decode()
    assert "{%" not in page.content.decode()
    assert client.get("/api/test/broken/").json() == {"detail": "The server made a mistake. It has been noted."}


def test_pages_run_no_script_but_our_own_files(client):
    policy = client.get("/accounts/login/")["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


def test_only_the_admin_is_looser(client, person):
    client.force_login(person("boss", Role.ADMINISTRATOR))

    assert "'unsafe-eval'" in client.get("/admin/")["Content-Security-Policy"]


def test_the_language_follows_the_choice_of_the_customer(client):
    client.post("/language/", {"language": "zh-hans", "next": "/accounts/login/"})

    assert '<html lang="zh-hans">' in client.get("/accounts/login/").content.decode()


def test_alive_and_ready(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/livez").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok", "database": "ok"}


def test_the_clock_tells_plant_time(client):
    told = client.get("/clock/").json()

    assert told["speed"] == 1
    assert told["now"] > 1_700_000_000_000


def test_the_api_page_and_its_schema_open(client):
    assert client.get("/api/v1/docs/").status_code == 200
    assert client.get("/api/v1/schema/").status_code == 200
