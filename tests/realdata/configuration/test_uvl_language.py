"""UVL's language levels as published by others: counted by hand, refused by name, and the same after a round trip."""

import json
from pathlib import Path

import pytest

from configurator.engine import compile_model
from configurator.formats import UvlError, package_from_uvl, parse_uvl, read_model, write_uvl

COUNTS = {
    # B, C or both give a sum above 2 (A costs 1, B 2, C 5) and an average above 1; A alone gives neither.
    "uvl_language/arithmetic_level_aggregate_functions_aggregate": 3,
    # B and C cost 3 + 7, which is not below 10; B alone has 3 * 8 > 20, C alone has 0 * 0.
    "uvl_language/arithmetic_level_arithmetic-simpleconstraints": 1,
    # 1 to 4 instances of three kinds, all alike: 3 + 6 + 10 + 15 multisets.
    "uvl_language/arithmetic_level_feature-cardinality": 34,
    "uvl_language/boolean_level_attributes": 4,
    # C, D or both; E always needs G.
    "uvl_language/boolean_level_boolean": 3,
    "uvl_language/boolean_level_namespace": 3,
    # N1 and N2 below nrs.Nested: 1 + 4; F1 and F2: 4 times that; and no nesu.Root: one more.
    "uvl_language/composition_nested_main": 1 + 4 * (1 + 4),
    "uvl_language/composition_nested_nested_sub": 4 * (1 + 4),
    "uvl_language/composition_nested_nested_referenced_sub": 4,
    # C is 'Fun', and D too.
    "uvl_language/type_level_string-constraints": 1,
    # 2 periods, 1,001 prices, 101 demands, 31 days, 12 months, 5 years, 7 names of days; the type must be one of
    # four, so it is selected; three flags.
    "typed/flamapy_Electricity": 2 * 1001 * 101 * 31 * 12 * 5 * 7 * 4 * 2**3,
    # Neapolitan: 3 toppings without salami and ham, 2 sizes, with or without crust.
    # Sicilian: 15 toppings; either size without crust, the big one with it.
    "typed/flamapy_Pizza": 3 * 2 * 2 + 15 * 3,
    # Not selected reads as nought, which is not from 1 to 3: three containers, three numbers (as flamapy counts).
    "typed/flamapy_fm02_integer_bounded": 3 * 3,
    "typed/flamapy_fm06_string_bounded": 3 * 2,
    # Kinds of instances: none of B and C, only C, both. No A: D is out, 1. Two or three alike instances: 6 + 10
    # without D; with D all have both: 1 + 1.
    "typed/flamapy_fm12_feature_cardinality_bounded": 1 + 6 + 10 + 2,
    # Three containers, 1 to 5 scoops; price and cost follow from the number.
    "typed/flamapy_icecream_attributes": 3 * 5,
}
REFUSED = {
    "uvl_language/faulty_missingreference": ["line 7, column 5: there is no feature C"],
    "uvl_language/faulty_same_feature_names": [
        "line 22, column 6: the feature Lightsaber is there twice, first in line 6",
        "line 26, column 6: the feature Flag is there twice, first in line 10",
        "line 30, column 6: the feature Staff is there twice, first in line 14",
    ],
    "uvl_language/faulty_wrongindent": [
        "line 3, column 5: the indentation is wrong: the group mandatory must stand below a feature",
        "line 4, column 13: the indentation is wrong: it fits no line above",
    ],
    # Nothing limits the name of the manufacturer and the inches.
    "typed/uvl_bike_attrs_cardinality": [
        "line 5, column 13: Manufacturer has endlessly many values: "
        "list them by Manufacturer == 'a' | ... or {values ['a', ...]}",
        "line 6, column 13: Inch has no lower and no upper bound: "
        "say how far it goes, by Inch >= 0 & Inch <= 100 for example",
    ],
}
PUBLIC = [
    "FinancialServices01_Nieke2018-2018-05-09", "Tankwar_Schulze2012", "automotive01_Kowal2016",
    "berkeleydb_Hierons2020", "dm_ASEJ1.csv", "dm_DissModel.csv", "dm_eShop_DM.csv", "e_shop_Lau2006",
    "flamapy_JHipster", "flamapy_MobilePhone", "flamapy_Pizzas", "flamapy_Truck", "ovm_OnlineShop.ovm",
    "pc-richmond_Sprey2020",
]  # fmt: skip


def file(data: Path, name: str) -> Path:
    return data / "configuration" / f"{name}.uvl"


def test_every_published_file_has_an_expectation(data: Path):
    names = {f"{path.parent.name}/{path.stem}" for path in (data / "configuration").glob("*/*.uvl")}

    assert names == {*COUNTS, *REFUSED, *(f"models/{name}" for name in PUBLIC)}


@pytest.mark.parametrize("name", COUNTS)
def test_each_level_has_the_configurations_counted_by_hand(data: Path, name: str):
    model = read_model(file(data, name))

    assert compile_model(model).count({}) == COUNTS[name]
    assert compile_model(parse_uvl(write_uvl(model))).count({}) == COUNTS[name]
    assert compile_model(package_from_uvl(file(data, name)).to_model()).count({}) == COUNTS[name]


@pytest.mark.parametrize("name", REFUSED)
def test_faulty_and_boundless_files_are_refused_with_every_mistake(data: Path, name: str):
    with pytest.raises(UvlError) as refused:
        read_model(file(data, name))
    assert str(refused.value).splitlines() == [f"{Path(name).name}.uvl, {finding}" for finding in REFUSED[name]]


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_model_is_the_same_after_it_was_written_and_read(data: Path, name: str):
    model = read_model(file(data, f"models/{name}"))

    again = parse_uvl(write_uvl(model))

    assert again.name == model.name
    assert again.variables == model.variables
    assert [rule.expression for rule in again.rules] == [rule.expression for rule in model.rules]
    plain = [(node.name, node.parent, node.group, node.cardinality, node.abstract) for node in model.tree]
    assert [(node.name, node.parent, node.group, node.cardinality, node.abstract) for node in again.tree] == plain


def test_a_car_range_of_tables_is_the_same_in_uvl(data: Path):
    model = read_model(data / "configuration" / "tables" / "renault_medium.xml")

    again = parse_uvl(write_uvl(model))

    assert compile_model(again).count({}) == 278_744


def test_public_models_have_the_published_number_of_configurations(data: Path):
    truth = json.loads((data / "configuration" / "ground_truth.json").read_text())
    counted = {name: found for name, found in truth.items() if name.endswith(".uvl") and "configurations" in found}

    for name, found in counted.items():
        model = read_model(data / "configuration" / name)
        assert len(model.variables) == found["features"], name
        assert compile_model(model).count({}) == int(found["configurations"]), name


def test_the_bicycle_is_read_when_its_numbers_and_words_are_bounded(data: Path):
    text = file(data, "typed/uvl_bike_attrs_cardinality").read_text()
    text = text.replace("String Manufacturer", "String Manufacturer {values ['Wheelio', 'Other']}")
    model = parse_uvl(text.replace("Integer Inch", "Integer Inch {values [20, 22, 24]}"))

    assert compile_model(model).count({}) == count_of_bicycles()


def count_of_bicycles() -> int:
    """The same, by trying all.

    Of Bell, Training Wheels, Light System and Dynamo one to three; their weights, with the Brake's, stay below 10.
    Training wheels cost 5 each, so there is one at most; they need 20 inches and their own manufacturer.
    """
    found = 0
    for bits in range(2**6):
        bell, wheels, front, back, dynamo, blah = (bool(bits >> place & 1) for place in range(6))
        lights = front or back
        weight = 3 + bell + 2 * front + 1.5 * back + 3 * dynamo
        if (blah and not wheels) or (lights and not dynamo) or weight >= 10:
            continue
        if not 1 <= bell + wheels + lights + dynamo <= 3:
            continue
        for inch in (20, 22, 24):
            for maker in ("Wheelio", "Other"):
                if not wheels or (inch == 20 and maker == "Wheelio"):
                    found += 1
    return found
