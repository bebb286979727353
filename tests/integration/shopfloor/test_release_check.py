"""Before a release is sold, every value of every recipe is tried against the registers it must fit."""

import pytest

from configurator.api import Item, ParameterSpace, ReleaseSpace, Severity
from planning.models import Routing, RoutingOperation, Station
from shopfloor import api
from shopfloor.release_check import RegisterRangeCheck
from tests.integration.shopfloor.paint_shop import LINE_PACKAGE, MONDAY

COLOURS = frozenset({"sand", "night"})


@pytest.fixture
def routed(floor):
    routing = Routing.objects.create(plant=floor.plant, item_code="FRAME")
    RoutingOperation.objects.create(
        routing=routing, number=10, name="Coat", capability="paint", seconds="600", recipe="coat"
    )
    Station.objects.filter(code="MASK").update(capabilities=["mask"])
    return floor


def findings(coats=(1, 2), colours=COLOURS):
    space = ReleaseSpace(
        product_code="city",
        product_name="City",
        items=(Item("FRAME", "Frame", True, "piece", ("coats", "colour")),),
        parameters={
            ("FRAME", "coats"): ParameterSpace(frozenset(range(coats[0], coats[1] + 1)), *coats),
            ("FRAME", "colour"): ParameterSpace(colours),
        },
    )
    return RegisterRangeCheck().findings(space)


def bring_in(old: str, new: str) -> None:
    api.line_package_import(source=LINE_PACKAGE.replace(old, new), actor=None, now=MONDAY)


def test_a_release_whose_values_all_fit_has_no_findings(routed):
    assert findings() == ()


def test_a_value_that_leaves_its_limits_is_an_error_with_the_first_case(routed):
    (finding,) = findings(coats=(1, 9))

    assert finding.severity == Severity.ERROR
    assert finding.where == "FRAME, Coat, coat"
    assert finding.text == "film = 140 is above the limit of 120 at coats = 5."


def test_without_limits_the_register_itself_is_the_limit(routed):
    bring_in(
        'value: "40 + 20 * coats", unit: um, register: u16, minimum: 40, maximum: 120',
        'value: "20000 * coats", register: u16',
    )

    (finding,) = findings(coats=(1, 4))

    assert "film = 80000 does not fit u16" in finding.text


def test_a_word_that_no_option_has_is_an_error(routed):
    bring_in("colour = sand", "colour = sandy")

    (finding,) = findings()

    assert (finding.severity, "sandy" in finding.text) == (Severity.ERROR, True)


def test_a_parameter_that_the_item_does_not_have_is_an_error(routed):
    bring_in("20 * coats", "20 * layers")

    assert [finding.severity for finding in findings()] == [Severity.ERROR]


def test_a_combination_that_the_rules_may_exclude_is_a_warning(routed):
    bring_in("40 + 20 * coats", "40 + 20 * coats + if(colour = sand, 100, 0)")

    (finding,) = findings()

    assert finding.severity == Severity.WARNING
    assert "coats = 1, colour = sand" in finding.text


def test_a_missing_recipe_is_an_error(routed):
    RoutingOperation.objects.update(recipe="gild")

    (finding,) = findings()

    assert finding.text == "The recipe gild does not exist."


def test_a_station_without_controller_is_a_warning(routed):
    Station.objects.filter(code="MASK").update(capabilities=["paint"])

    (finding,) = findings()

    assert (finding.severity, "MASK" in finding.text) == (Severity.WARNING, True)


def test_too_many_values_are_tried_at_their_ends_and_that_is_said(routed):
    (finding,) = findings_of_range(0, 10**6)

    assert finding.severity == Severity.ERROR
    assert "coats = 1000000" in finding.text


def findings_of_range(low: int, high: int):
    space = ReleaseSpace(
        product_code="city",
        product_name="City",
        items=(Item("FRAME", "Frame", True, "piece", ("coats", "colour")),),
        parameters={
            ("FRAME", "coats"): ParameterSpace(frozenset(), low, high),
            ("FRAME", "colour"): ParameterSpace(COLOURS),
        },
    )
    return RegisterRangeCheck().findings(space)
