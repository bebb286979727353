"""What a completion shall be best at."""

import pytest

from configurator.engine import Model, NumberTooLarge, Rule, UnknownFeature, UnknownValue, Variable
from configurator.engine.compiled_model import compile_model
from configurator.engine.completion import COST_LIMIT, Objective
from configurator.engine.expressions import Binary, Literal, Name
from configurator.engine.states import State

DEALER = {"frame": "steel", "motor": "small", "height": 170}


@pytest.fixture(scope="module")
def bike():
    """The big motor wants the steel frame; who is tall cannot have the low one."""
    variables = (
        Variable("frame", ("low", "alloy", "steel")),
        Variable("motor", ("small", "big")),
        Variable("height", tuple(range(150, 201, 10))),
    )
    rules = (
        Rule("R1", Binary("implies", equals("motor", "big"), equals("frame", "steel")), "The big motor is heavy"),
        Rule("R2", Binary("implies", equals("frame", "low"), Binary("<", Name("height"), Literal(180)))),
    )
    return compile_model(Model("bike", variables, rules))


def equals(name, value):
    return Binary("=", Name(name), Literal(value))


def test_the_cheapest_value_of_those_that_no_rule_tells_apart_is_taken(bike):
    prices = {("height", 190): -5, ("frame", "low"): -3}

    assert bike.cheapest({}, prices).price == -5
    assert bike.cheapest({"frame": "low"}, prices).price == -3
    assert bike.cheapest({"height": 200}, prices).selection["height"] == 200


def test_the_least_price_of_each_value_counts_the_value_that_was_chosen(bike):
    prices = {("height", 190): -5, ("height", 200): 7, ("frame", "steel"): 100}

    least = bike.cheapest_each({"height": 200}, prices)

    assert dict(least["height"]) == {150: 0, 160: 0, 170: 0, 180: 0, 190: -5, 200: 7}
    assert dict(least["motor"]) == {"small": 7, "big": 107}
    assert dict(least["frame"]) == {"alloy": 7, "steel": 107}


def test_prices_that_change_are_noticed(bike):
    prices = {("motor", "small"): 10}
    assert bike.cheapest({"frame": "low"}, prices).price == 10

    prices["motor", "small"] = 20

    assert bike.cheapest({"frame": "low"}, prices).price == 20


def test_a_price_list_keeps_its_prices(bike):
    prices = {("motor", "small"): 10}
    listed = bike.price_list(prices)

    prices["motor", "small"] = 20

    assert bike.cheapest({"frame": "low"}, listed).price == 10
    assert dict(listed) == {("motor", "small"): 10}


def test_prices_that_could_leave_64_bits_are_refused(bike):
    with pytest.raises(NumberTooLarge):
        bike.cheapest({}, {("motor", "big"): COST_LIMIT, ("frame", "low"): 1})


def test_the_nearest_completion_keeps_what_it_can_of_the_reference(bike):
    nearest = bike.complete_by({"motor": "big"}, Objective.nearest({"frame": "low", "motor": "small", "height": 170}))

    assert nearest.selection == {"frame": "steel", "motor": "big", "height": 170}


def test_among_completions_equally_near_the_cheapest_is_taken(bike):
    prices = {("frame", "alloy"): 30, ("frame", "steel"): 20}

    nearest = bike.complete_by({"height": 200}, Objective.nearest({"frame": "low"}, prices))

    assert (nearest.selection["frame"], nearest.price) == ("steel", 20)


def test_the_most_popular_completion_has_the_greatest_product_of_take_rates(bike):
    rates = {("motor", "big"): 0.6, ("motor", "small"): 0.4, ("frame", "low"): 0.8, ("frame", "steel"): 0.2}

    popular = bike.complete_by({}, Objective.most_popular(rates))

    assert popular.selection["frame"] == "low"  # 0.8 x 0.4 is more than 0.2 x 0.6
    assert bike.complete_by({"frame": "steel"}, Objective.most_popular(rates)).selection["motor"] == "big"


def test_take_rates_may_be_numbers_sold(bike):
    sold = {("motor", "big"): 600, ("motor", "small"): 400, ("frame", "low"): 10, ("frame", "steel"): 990}

    assert bike.complete_by({}, Objective.most_popular(sold)).selection["frame"] == "steel"


def test_the_shortest_lead_time_is_a_least_sum_of_any_costs(bike):
    days = {("frame", "low"): 9, ("frame", "alloy"): 4, ("frame", "steel"): 2, ("motor", "small"): 30}

    soonest = bike.complete_by({}, Objective.least(days))

    assert (soonest.selection["motor"], soonest.price) == ("big", 2)
    assert bike.complete_by({}, Objective.most(days)).price == 39


def test_every_value_has_a_state(bike):
    states = bike.states({"motor": "big"}, DEALER | {"height": 999})

    assert states["motor"] == {"small": State.FREE, "big": State.CHOSEN}
    assert states["frame"] == {"low": State.EXCLUDED, "alloy": State.EXCLUDED, "steel": State.IMPLIED}
    assert set(states["height"].values()) == {State.FREE}
    assert bike.states({}, DEALER)["frame"] == {"low": State.FREE, "alloy": State.FREE, "steel": State.DEFAULT}


def test_what_is_implied_is_explained_by_choice_and_rule(bike):
    reason = bike.why_implied({"height": 200, "motor": "big"}, "frame")

    assert sorted(map(str, reason)) == ["R1 (The big motor is heavy)", "motor = big"]
    assert bike.why_implied({"height": 200}, "frame") == frozenset()


def test_names_and_values_that_do_not_exist_are_refused(bike):
    with pytest.raises(UnknownFeature, match="there is no feature moter; did you mean motor"):
        bike.valid_domains({"moter": "big"})
    with pytest.raises(UnknownValue):
        bike.count({"height": True})
    with pytest.raises(UnknownFeature):
        bike.valid_domains({})["saddle"]
    assert "saddle" not in bike.valid_domains({})
