from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from foundation.api import Role, clock_start

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_person_signs_in_through_the_form_and_out_again(clean_page, uvicorn_url, person):
    person("carla", Role.CUSTOMER)
    clean_page.goto(f"{uvicorn_url}/accounts/login/")
    clean_page.get_by_label("User name").fill("carla")
    clean_page.get_by_label("Password").fill("a long enough word")
    clean_page.get_by_role("button", name="Sign in").click()
    clean_page.wait_for_url(f"{uvicorn_url}/")

    clean_page.get_by_role("button", name="Sign out").click()

    expect(clean_page.get_by_role("link", name="Sign in")).to_be_visible()


def test_the_theme_is_kept_and_shown_before_the_first_paint(clean_page, uvicorn_url):
    clean_page.goto(f"{uvicorn_url}/accounts/login/")
    toggle = clean_page.locator("[data-theme-toggle]")
    toggle.click()
    expect(clean_page.locator("html")).to_have_attribute("data-theme", "light")
    toggle.click()

    clean_page.reload()

    expect(clean_page.locator("html")).to_have_attribute("data-theme", "dark")
    assert clean_page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 19, 22)"


def test_the_icons_are_drawn(clean_page, uvicorn_url):
    clean_page.goto(f"{uvicorn_url}/accounts/login/")

    box = clean_page.locator("[data-theme-toggle] .on-system .i use").bounding_box()

    assert box is not None
    assert box["width"] > 5


def test_the_language_changes_with_one_click(clean_page, uvicorn_url):
    clean_page.goto(f"{uvicorn_url}/accounts/login/")

    clean_page.get_by_role("button", name="中文").click()

    expect(clean_page.locator("html")).to_have_attribute("lang", "zh-hans")


def test_a_missing_page_says_so(clean_page, uvicorn_url, faults):
    faults.expect(404, "/nowhere/")

    clean_page.goto(f"{uvicorn_url}/nowhere/")

    expect(clean_page.get_by_role("heading", name="There is nothing here")).to_be_visible()


def test_the_admin_runs_under_its_own_policy(clean_page, uvicorn_url, person, sign_in):
    sign_in(person("boss", Role.ADMINISTRATOR))
    clock_start(at=datetime(2027, 5, 10, 6, 0, tzinfo=UTC), speed=60)

    clean_page.goto(f"{uvicorn_url}/admin/foundation/user/")

    expect(clean_page.get_by_text("boss").first).to_be_visible()


def test_the_api_page_shows_the_operations(clean_page, uvicorn_url):
    clean_page.goto(f"{uvicorn_url}/api/v1/docs/")

    expect(clean_page.locator("#swagger-ui .info .title")).to_contain_text("Linewright API")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_on_the_sign_in_page_keeps_anybody_out(clean_page, uvicorn_url, barriers, theme):
    clean_page.emulate_media(color_scheme=theme)
    clean_page.goto(f"{uvicorn_url}/accounts/login/")

    assert barriers(clean_page) == []


def test_a_planted_barrier_is_found(clean_page, uvicorn_url, barriers):
    clean_page.goto(f"{uvicorn_url}/accounts/login/")
    clean_page.evaluate("document.querySelector('main').append(document.createElement('button'))")

    assert any(barrier.startswith("button-name") for barrier in barriers(clean_page))


def test_planted_faults_are_seen(page, uvicorn_url, watched_faults):
    # the negative control of clean_page
    faults = watched_faults
    faults.watch(page)
    page.goto(f"{uvicorn_url}/accounts/login/")
    page.evaluate("setTimeout(() => { throw new Error('planted') })")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">inline</p>')")
    page.evaluate("fetch('/nowhere/')")
    page.wait_for_timeout(500)

    assert any("planted" in fault for fault in faults.seen)
    assert any("Content Security Policy" in fault for fault in faults.seen)
    assert any(fault.startswith("404") for fault in faults.seen)
