"""A planner at work: from a customer's order to a plan that the plant follows."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from foundation.roles import Role
from planning.models import LivePlan, PlanState, SolveRun
from planning.services.solve import solve_run
from tests.integration.planning_pages.workshop import build_workshop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workshop(settings, transactional_db):
    settings.RELEASE_CHECKS = []
    return build_workshop()


@pytest.fixture
def console(clean_page, uvicorn_url, workshop, person, sign_in):
    """Opens a page of the console as a planner."""
    sign_in(person("petra", Role.PLANNER))

    def open_page(name: str, *arguments: object, query: str = ""):
        clean_page.goto(uvicorn_url + reverse(f"planning:{name}", args=arguments) + query)
        return clean_page

    return open_page


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """Wake-ups of the solver; the test is its worker."""
    woken: list[str] = []
    monkeypatch.setattr("config.celery.app.send_task", lambda name, args, **_: woken.extend(args))
    return woken


def test_a_planner_makes_a_plan_and_publishes_it(console, workshop, asked):
    workshop.order_line(name="Ada")
    page = console("home")
    expect(page.get_by_text("The plant follows no plan yet.")).to_be_visible()
    page.get_by_label("Time to improve it").select_option("10")
    page.get_by_role("button", name="Make plan").click()
    expect(page.get_by_text("waits for a worker")).to_be_visible()
    run = SolveRun.objects.get()
    SolveRun.objects.update(budget_seconds=1)

    solve_run(public_id=run.public_id)

    page.get_by_role("button", name=re.compile("Publish plan 1")).click(timeout=20_000)
    expect(page.locator(".vis-item.vis-range").first).to_be_visible(timeout=15_000)
    assert LivePlan.objects.get().plan.state == PlanState.LIVE
    assert asked == [str(run.public_id)]


def test_a_stale_plan_cannot_be_published_and_the_page_says_what_to_do(console, workshop):
    workshop.orders(2)
    stale = workshop.draft()
    page = console("plans")
    workshop.live()

    page.get_by_role("button", name=f"Publish {stale.number}").click()

    expect(page.get_by_text("Make the plan again.").first).to_be_visible()
    expect(page.get_by_role("button", name="Make plan").first).to_be_visible()


def test_a_bar_of_the_plan_leads_to_its_order(console, workshop):
    workshop.orders(3)
    workshop.live(late=timedelta(hours=2))
    page = console("plan")

    page.locator(".vis-item.vis-range:not(.co)").last.click()  # the one on top

    expect(page.get_by_role("complementary")).to_contain_text("2027-0000")
    expect(page.get_by_role("complementary")).to_contain_text("Pack scooter")


def test_the_plan_can_be_read_without_the_picture(console, workshop):
    workshop.orders()
    workshop.live()
    page = console("plan")

    page.get_by_role("link", name="As a table").click()

    expect(page.get_by_role("row", name=re.compile("Build scooter"))).to_contain_text("Bench 1")


def test_the_order_list_follows_what_happens_by_itself(console, workshop):
    page = console("orders")
    expect(page.get_by_text("2027-00001-1")).to_have_count(0)

    workshop.orders()

    expect(page.get_by_role("link", name="2027-00001-1")).to_be_visible(timeout=10_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["home", "orders", "late", "plans", "plan-table"])
def test_nothing_on_the_console_keeps_anybody_out(console, workshop, barriers, name, theme):
    workshop.orders(2)
    workshop.live(late=timedelta(hours=2))
    page = console(name)
    page.emulate_media(color_scheme=theme)

    assert barriers(page) == []


@pytest.mark.parametrize("width", [1024, 600])
@pytest.mark.parametrize("name", ["home", "orders", "late", "plans", "plan", "plan-table"])
def test_a_narrow_window_never_scrolls_sideways(console, workshop, name, width):
    workshop.orders(2)
    workshop.live(late=timedelta(hours=2))
    page = console(name)

    page.set_viewport_size({"width": width, "height": 900})

    assert page.evaluate("document.documentElement.scrollWidth") <= width
