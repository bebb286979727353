"""Feature models with numbers, words and instances as products: same configurations, sensible questions."""

import pytest

from configurator.engine import compile_model, explode
from configurator.formats import (
    OptionEntry,
    UvlError,
    package_from_tree,
    parse_product_package,
    parse_uvl,
    write_product_package,
)
from tests.unit.configurator.counting import count
from tests.unit.configurator.small_models import selections

ICE = """\
features
  Ice {Price 1}
    mandatory
      Container
        alternative
          Cup {Price 0.50}
          Cone {Price 0.80}
      Integer Grams {constraint Grams >= 20 & Grams <= 40}
    optional
      Integer Scoops {values [2, 4, 9]}
      String Sauce {values ['berry', 'nut']}
      Integer Coins {values [0, 5]}
      Wafer cardinality [1..2] {Price 0.20}
        optional
          Sugar
constraints
  Scoops > 3 => Cone
  Sauce == 'nut' | !Sauce | Scoops
  sum(Price) < 3
"""


def test_numbers_become_parameters_and_words_options():
    package = package_from_tree(parse_uvl(ICE))

    parameters = {entry.code: (entry.minimum, entry.maximum, entry.step) for entry in package.parameters}
    assert parameters == {"Grams": (20, 40, 1), "Scoops": (0, 9, 1), "Coins": (0, 5, 5)}
    sauce = next(feature for feature in package.features if feature.code == "Sauce")
    assert sauce.options == (OptionEntry("none", "None"), OptionEntry("berry", "berry"), OptionEntry("nut", "nut"))
    # whether there are scoops is told by their number; whether there are nought coins or none is not
    assert "Scoops.selected" not in {feature.code for feature in package.features}
    assert "Coins.selected" in {feature.code for feature in package.features}


def test_the_product_has_as_many_configurations_as_the_feature_model():
    model = parse_uvl(ICE)
    package = package_from_tree(model)

    assert count(package.to_model()) == count(model)
    assert parse_product_package(write_product_package(package)) == package


def test_a_value_is_no_part_and_an_instance_is_one():
    package = package_from_tree(parse_uvl(ICE))
    names = {item.code: item.name for item in package.items}

    bought = set()
    for selection in selections_of(package):
        _, *rest = explode(*package.bill(), selection).walk()
        bought |= {names[node.item.code] for node in rest}

    assert bought == {"Cup", "Cone", "Sugar#1", "Sugar#2"}


def selections_of(package):
    """Some selections: every value of every feature occurs."""
    compiled = compile_model(package.to_model())
    domains = compiled.valid_domains({})
    return [compiled.complete({name: value}, {}) for name, values in domains.items() for value in values]


def test_gaps_between_numbers_are_rules_of_the_product():
    package = package_from_tree(parse_uvl("features\n  R\n    mandatory\n      Integer X {values [3, 5, 6, 20]}\n"))

    assert [rule.rule for rule in package.rules] == ["X <= 3 or X >= 5", "X <= 6 or X >= 20"]
    assert {each["X"] for each in selections(package.to_model())} == {3, 5, 6, 20}


def test_what_rules_about_a_value_alone_exclude_is_not_offered():
    text = (
        "features\n  R\n    optional\n      Integer X\n      P\n        mandatory\n          String Y\n"
        "constraints\n  X >= 2 & X <= 3\n  Y == 'a' | Y == 'b'\n  X == 2 => Y == 'a'\n"
    )
    package = package_from_tree(parse_uvl(text))

    assert [(entry.minimum, entry.maximum) for entry in package.parameters] == [(2, 3)]
    assert [[option.code for option in feature.options] for feature in package.features] == [[], ["a", "b"]]
    assert [rule.rule for rule in package.rules] == ["P", "X = 2 implies Y = 'a'"]  # Y needs P


def test_a_number_that_no_parameter_reaches_is_refused_by_name():
    model = parse_uvl("namespace far\nfeatures\n  R\n    mandatory\n      Integer X {values [1, 5000000000]}\n")

    with pytest.raises(UvlError) as refused:
        package_from_tree(model)
    assert str(refused.value) == "far: X goes beyond 1,000,000,000, which is as far as a product's parameters go"
