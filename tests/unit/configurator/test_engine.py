"""The engine's answers on a bicycle, and its behaviour at the limits."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from configurator.engine import (
    BadRule,
    Choice,
    Model,
    ModelTooLarge,
    NoValidCompletion,
    Rule,
    RuleRef,
    Table,
    UnknownFeature,
    UnknownValue,
    Variable,
    compile_model,
)
from configurator.formats import parse_expression, resolve

VARIABLES = (
    Variable("battery", ("f400", "f500", "rack500")),
    Variable("seat", ("none", "child_rear")),
    Variable("height", tuple(range(150, 206)), "cm"),
    Variable("bell", (False, True)),
    Variable("lamp", (False, True)),
)


def model(*rules: str, variables: tuple[Variable, ...] = VARIABLES, tables: tuple[Table, ...] = ()) -> Model:
    vocabulary = Model("bike", variables)
    return Model(
        "bike",
        variables,
        tuple(Rule(f"R{n}", resolve(parse_expression(text), vocabulary), text) for n, text in enumerate(rules, 1)),
        tables,
    )


BIKE = model(
    "seat = child_rear implies battery != rack500", "height > 190 implies bell", "bell implies battery != f500"
)


def test_a_feature_no_rule_speaks_of_keeps_all_its_values():
    assert compile_model(BIKE).valid_domains({"height": 195})["lamp"] == {False, True}


def test_the_conflict_names_choices_and_rules():
    conflict = compile_model(BIKE).conflict_for({"lamp": True, "height": 195}, "battery", "f500")

    assert conflict == {
        Choice("height", 195),
        RuleRef("R2", "height > 190 implies bell"),
        RuleRef("R3", "bell implies battery != f500"),
    }


def test_a_conflict_blames_the_late_choice_where_either_would_do():
    twice = model("battery = f400 implies not bell", "seat = child_rear implies not bell")

    conflict = compile_model(twice).conflict({"battery": "f400", "seat": "child_rear", "bell": True})

    assert Choice("seat", "child_rear") in conflict
    assert Choice("battery", "f400") not in conflict


def test_a_repair_says_what_the_withdrawn_feature_becomes():
    repairs = compile_model(BIKE).repairs({"seat": "child_rear"}, "battery", "rack500", prices={("bell", True): 5})

    assert [(r.remove, dict(r.set), r.price) for r in repairs] == [
        (frozenset({"seat"}), {"battery": "rack500", "seat": "none"}, 0)
    ]


def test_a_void_model_says_why_at_the_first_question():
    compiled = compile_model(model("bell", "lamp", "not bell or not lamp"))

    with pytest.raises(NoValidCompletion) as refused:
        compiled.valid_domains({})
    assert {element.code for element in refused.value.conflict} == {"R1", "R2", "R3"}


def test_an_unknown_feature_or_value_is_refused_with_its_name():
    compiled = compile_model(BIKE)
    with pytest.raises(UnknownFeature, match="did you mean bell"):
        compiled.valid_domains({"bel": True})
    with pytest.raises(UnknownValue):
        compiled.valid_domains({"bell": 1})
    with pytest.raises(UnknownValue):
        compiled.conflict_for({}, "height", 300)


def test_a_rule_without_a_value_for_some_combination_is_refused():
    with pytest.raises(BadRule, match="rule R1: it has no value for height = 172: division by zero"):
        compile_model(model("100 // (height - 172) > 2"))


def test_a_comparison_of_too_many_combinations_is_refused_by_name():
    wide = tuple(Variable(name, tuple(range(1_000))) for name in "abc")
    with pytest.raises(ModelTooLarge, match="rule R1: combinations of a, b, c"):
        compile_model(model("a * b * c < 5", variables=wide))


def test_sums_over_wide_parameters_are_answered():
    wide = tuple(Variable(name, tuple(range(300))) for name in "abcd")
    compiled = compile_model(model("a + 2 * b - c <= 20", "c + d = 100", variables=wide))
    domains = compiled.valid_domains({"d": 95})

    assert domains["c"] == {5}
    assert max(domains["a"]) == 25
    assert max(domains["b"]) == 12


def test_values_no_rule_tells_apart_cost_nothing():
    wide = (Variable("load", tuple(range(100_000))), Variable("bell", (False, True)))

    compiled = compile_model(model("load > 99_000 implies bell".replace("_", ""), variables=wide))

    assert compiled.valid_domains({"bell": False})["load"] == set(range(99_001))
    assert compiled.complete({"bell": False}, {"load": 70_000})["load"] == 70_000
    assert compiled.cheapest({}, {("load", 99_500): -7}).selection == {"load": 99_500, "bell": True}


def test_a_forbidding_table_and_a_table_of_one_column():
    forbidden = Table("T1", ("bell", "lamp"), ((True, True),), "one or the other", allowed=False)
    single = Table("T2", ("battery",), (("f400",), ("f500",)), "no rack")

    domains = compile_model(model(tables=(forbidden, single))).valid_domains({"bell": True})

    assert domains["lamp"] == {False}
    assert domains["battery"] == {"f400", "f500"}


def test_threads_share_one_compiled_model():
    compiled = compile_model(BIKE)
    expected = [dict(compile_model(BIKE).valid_domains({"height": height})) for height in range(150, 206)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda height: dict(compiled.valid_domains({"height": height})), range(150, 206)))

    assert answers == expected
