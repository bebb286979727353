"""How the console says things; no database."""

import re
from datetime import timedelta

import pytest

from planning.selectors.gantt import short_number
from planning.selectors.marks import product_mark
from planning.selectors.plans import amount, quality
from planning.templatetags.planner import change, mark, span

BEST = {"unplanned": 0, "broken_promises": 0, "weighted_tardiness": 0, "changeover": 3600, "makespan": 36000}


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=40), "40 min"),
        (timedelta(hours=2, minutes=5), "2 h 05"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=1, hours=4, minutes=20), "1 day 4 h"),
        (timedelta(days=2), "2 days"),
        (-timedelta(minutes=50), "50 min"),
        (None, "–"),
    ],
)
def test_a_duration_is_told_in_its_two_largest_units(length, words):
    assert span(length) == words


def test_a_change_says_its_direction():
    assert change(timedelta(hours=1)) == "1 h later"
    assert change(-timedelta(minutes=50)) == "50 min earlier"
    assert change(timedelta()) == "same time"


def test_hours_below_one_are_told_in_minutes():
    assert amount(1500, "h", 3600) == "25 min"
    assert amount(5400, "h", 3600) == "1.5 h"
    assert amount(3, "", 1) == "3"


@pytest.mark.parametrize(
    ("number", "on_the_bar"), [("2027-00041-1", "41"), ("2027-00041-2", "41-2"), ("WERK-7", "WERK-7")]
)
def test_a_bar_carries_the_part_of_the_number_that_differs(number, on_the_bar):
    assert short_number(number) == on_the_bar


def test_a_product_keeps_its_mark():
    assert [product_mark(code) for code in ("city", "trail", "cargo")] == ["c", "t", "k"]


def test_the_three_bicycles_have_three_shapes():
    shapes = {re.search(r"</?(circle|path|rect)", mark(code)).group(1) for code in ("city", "trail", "cargo")}

    assert shapes == {"circle", "path", "rect"}


def test_a_products_name_cannot_bring_markup_in():
    assert "<script>" not in mark("x", "<script>")


def test_a_plan_that_meets_every_bound_is_proved_the_best():
    told = quality(BEST, BEST)

    assert told is not None
    assert (told.short, told.headline) == ("0", "No better plan exists.")


def test_late_hours_are_compared_with_the_least_possible():
    told = quality({**BEST, "weighted_tardiness": 7200}, {**BEST, "weighted_tardiness": 5400})

    assert told is not None
    assert told.headline == "At most 25 % from the best possible plan."
    assert (
        told.sentence == "Hours late, weighted by customer: 2.0 h. No plan of these orders can do with less than 1.5 h."
    )


def test_orders_are_counted_and_not_told_in_percent():
    told = quality({**BEST, "broken_promises": 3}, BEST)

    assert told is not None
    assert (told.short, told.unit) == ("3", "")
    assert told.headline == "Late orders: 3, and at least 0 in any plan."


def test_an_open_question_about_changeovers_does_not_hide_that_dates_are_proved():
    told = quality(BEST, {**BEST, "changeover": 0})

    assert told is not None
    assert told.headline == "No plan keeps the dates better."
    assert "how much less is possible is not proved" in told.sentence


def test_without_a_bound_nothing_is_claimed():
    assert quality(BEST, None) is None
