import re

import pytest
from playwright.sync_api import expect

from configurator.models import Configuration

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_page_opens_on_something_that_can_be_ordered(city):
    expect(city.locator(".bar-price")).to_contain_text("EUR\u00a02,890")
    expect(city.get_by_role("button", name="Put in the cart")).to_be_enabled()


def test_a_choice_moves_the_price_the_picture_and_the_mark(city, take):
    take("colour", "saffron")

    expect(city.locator(".bar-price")).to_contain_text("EUR\u00a03,010")
    expect(city.locator("#stage")).to_have_attribute("data-paint", "saffron")
    expect(city.locator("label:has(#o-colour-saffron)")).to_contain_text("Chosen by you")


def test_what_follows_from_a_choice_says_so_and_can_be_taken_back(city, take):
    take("child_seat", "rear")

    expect(city.locator("label:has(#o-stand-double)")).to_contain_text("Follows from your choices")
    expect(city.locator(".toast")).to_contain_text("Double-leg stand")

    city.locator(".toast").get_by_role("button", name="Undo").click()

    expect(city.locator("label:has(#o-stand-side)")).to_contain_text("Standard")


def test_every_option_says_what_it_does_to_the_date(city, take):
    take("colour", "night")
    first = city.locator("#d-motor-m50")

    expect(first).to_have_text(re.compile(r"same day|day"))


def test_the_standard_can_be_chosen(city, take):
    take("motor", "m65")

    expect(city.locator("label:has(#o-motor-m65)")).to_contain_text("Chosen by you")


def test_an_excluded_option_says_why_and_offers_ways_to_have_it(city, take):
    take("rear_rack", "rack27")
    take("child_seat", "rear")
    excluded = city.locator("label:has(#o-battery-r500)")
    expect(excluded).to_contain_text("need the same place")

    take("battery", "r500")
    panel = city.get_by_role("region", name="ways to have")
    expect(panel).to_be_focused()
    panel.locator(".fix", has_text="Long rack").get_by_role("button").click()

    expect(panel).to_have_count(0)
    expect(excluded).to_contain_text("Chosen by you")
    expect(city.locator("label:has(#o-child_seat-rear)")).to_contain_text("Chosen by you")


def test_keeping_it_as_it_is_changes_nothing_and_returns_the_focus(city, take):
    take("rear_rack", "none")
    take("child_seat", "rear")
    expect(city.locator("#repair")).to_be_focused()

    city.keyboard.press("Escape")

    expect(city.locator("#repair")).to_have_count(0)
    expect(city.locator("#o-child_seat-none")).to_be_checked()
    expect(city.locator("#o-child_seat-rear")).to_be_focused()


def test_the_options_can_be_chosen_by_keyboard_alone(city):
    city.locator("#o-motor-m65").focus()

    with city.expect_response(lambda answer: answer.request.method == "POST"):
        city.keyboard.press("ArrowUp")

    expect(city.locator("label:has(#o-motor-m50)")).to_contain_text("Chosen by you")
    expect(city.locator("#o-motor-m50")).to_be_focused()


def test_a_number_beyond_its_limit_says_what_stands_in_the_way(city, take):
    take("frame", "diamond")
    take("frame", "lowstep")
    expect(city.locator("#q-rider_height")).to_contain_text("Not above 198 cm")

    city.get_by_role("spinbutton", name="Rider height").fill("203")
    city.keyboard.press("Tab")

    expect(city.get_by_role("region", name="One way to have: 203 cm")).to_contain_text("Diamond")


def test_the_slider_stops_where_the_rules_do(city, take):
    take("frame", "diamond")
    take("frame", "lowstep")
    slider = city.get_by_role("slider", name="Rider height")

    slider.focus()
    with city.expect_response(lambda answer: answer.request.method == "POST"):
        slider.press("End")

    expect(city.get_by_role("spinbutton", name="Rider height")).to_have_value("198")


def test_undo_and_redo_walk_through_the_history(city, take):
    take("colour", "night")
    take("colour", "fern")
    city.get_by_role("button", name="Undo").click()
    expect(city.locator("#stage")).to_have_attribute("data-paint", "night")

    city.get_by_role("button", name="Redo").click()

    expect(city.locator("#stage")).to_have_attribute("data-paint", "fern")


def test_a_withdrawn_choice_is_standard_again(city, take):
    take("colour", "night")

    city.get_by_role("button", name="Withdraw: Colour").click()

    expect(city.locator("label:has(#o-colour-clay)")).to_contain_text("Standard")


def test_a_stale_tab_is_told_and_not_overwritten(city, take, context, faults):
    other = context.new_page()
    faults.watch(other)
    other.goto(city.url)
    take("colour", "night")

    other.locator("label:has(#o-colour-fern)").click()

    expect(other.locator("#notice")).to_contain_text("You changed this design in another tab")
    other.get_by_role("link", name="Show step 1").click()
    expect(other.locator("#stage")).to_have_attribute("data-paint", "night")


def test_clicks_faster_than_the_answers_all_arrive(city):
    for option in ("o-motor-m50", "o-colour-night", "o-saddle-sport", "o-pedals-alloy"):
        city.locator(f"label:has(#{option})").click()

    expect(city.locator("label:has(#o-pedals-alloy)")).to_contain_text("Chosen by you")
    expect(city.locator("#notice .banner")).to_have_count(0)
    assert set(Configuration.objects.get().choices) == {"motor", "colour", "saddle", "pedals"}


def test_the_picture_leads_to_the_section_of_a_part(city):
    city.locator('#stage [data-module="saddle-comfort"]').click()

    expect(city).to_have_url(f"{city.url.split('#')[0]}#touch")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_on_the_page_keeps_anybody_out(city, take, barriers, theme):
    city.emulate_media(color_scheme=theme, reduced_motion="reduce")
    take("rear_rack", "none")
    take("child_seat", "rear")
    expect(city.locator("#repair")).to_be_visible()

    assert barriers(city) == []


@pytest.mark.parametrize("width", [360, 1920])
def test_the_page_never_scrolls_sideways(city, width):
    city.set_viewport_size({"width": width, "height": 800})

    assert city.evaluate("document.documentElement.scrollWidth") <= width
