"""Models written in UVL: read back they have the same configurations."""

from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from configurator.engine import (
    Binary,
    Call,
    FeatureNode,
    Literal,
    Membership,
    Model,
    Name,
    Negation,
    Rule,
    Table,
    Variable,
    evaluate,
)
from configurator.formats import UvlError, parse_uvl, read_product_package, write_uvl
from tests.unit.configurator.counting import count
from tests.unit.configurator.small_models import models, selections, trees
from tests.unit.configurator.test_uvl import SHOP

VELO = Path(__file__).resolve().parents[3] / "fixtures" / "velo"
FLAG = Variable("flag", (False, True))
COLOUR = Variable("colour", ("red", "blue"))
SIZE = Variable("size", (1, 2, 5))


def written(*rules, variables=(FLAG, COLOUR, SIZE), tables=()) -> list[str]:
    """The constraints that a model without a tree is written with, without its bounds."""
    named = tuple(Rule(f"R{number}", rule) for number, rule in enumerate(rules))
    lines = write_uvl(Model("Test", tuple(variables), named, tuple(tables))).split("\nconstraints\n")[1]
    return [line.strip() for line in lines.splitlines()][: -1 if SIZE in variables else None]


def test_a_tree_is_written_as_it_was_read():
    text = write_uvl(parse_uvl(SHOP))

    assert (
        text
        == """\
namespace "My Shop"

features
\t"My Shop" {abstract}
\t\tmandatory
\t\t\tPayment {abstract, Note 'any, of "these"'}
\t\t\t\talternative
\t\t\t\t\t"Debit Card" {Price 1.50}
\t\t\t\t\tCash
\t\toptional
\t\t\tSearch
\t\t[1..2]
\t\t\tA
\t\t\tB
\t\t\tC {Price 3}

constraints
\tSearch => A | !"Debit Card"
\tA <=> B & !C
"""
    )


def test_numbers_words_instances_and_amounts_come_back():
    text = (
        "features\n  Root {Price 1}\n    optional\n      Integer Size {values [1, 2, 5]}\n      Real Length\n"
        "      A cardinality [1..2] {Price 2.5}\n        optional\n          String Name {values ['a', 'b c']}\n"
        "constraints\n  Length == 0.5 | Length == 2 | !Length\n  sum(Price) <= 4 => Size * 2 > Length\n"
        "  Name == 'a' => floor(Length) == 0\n"
    )
    model = parse_uvl(text)

    again = parse_uvl(write_uvl(model))

    assert again.variables == model.variables
    assert count(again) == count(model)
    assert without_remarks(write_uvl(again)) == without_remarks(write_uvl(model))


def without_remarks(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.strip().startswith("//")]


def test_what_stands_in_no_tree_is_put_below_a_root():
    model = Model("Bike", (FLAG, COLOUR, SIZE, Variable("height", (150, 151, 152), "cm")), (), ())

    assert (
        write_uvl(model)
        == """\
namespace Bike

features
\tBike {abstract}
\t\tmandatory
\t\t\tcolour {abstract}
\t\t\t\talternative
\t\t\t\t\t"colour: red"
\t\t\t\t\t"colour: blue"
\t\t\tInteger size
\t\t\tInteger height {unit 'cm'}
\t\toptional
\t\t\tflag

constraints
\tsize == 1 | size == 2 | size == 5
\theight >= 150 & height <= 152
"""
    )


IF = Call("if", (Name("flag"), Literal(2), Literal(0)))


@pytest.mark.parametrize(
    ("rule", "constraint"),
    [
        (Binary("=", Name("colour"), Literal("red")), '"colour: red"'),
        (Binary("!=", Name("colour"), Literal("red")), '!"colour: red"'),
        (Membership(Name("colour"), ("red", "blue")), '"colour: red" | "colour: blue"'),
        (Membership(Name("size"), (1, 5)), "size == 1 | size == 5"),
        (Binary("implies", Name("flag"), Binary(">", Name("size"), Literal(1))), "flag => size > 1"),
        (Binary("<=", Binary("+", IF, Name("size")), Literal(5)), "flag.amount1 + size <= 5"),
        (Binary("=", Binary("//", Name("size"), Literal(2)), Literal(1)), "floor(size / 2) == 1"),
        (Binary("=", Name("flag"), Binary("=", Name("size"), Literal(2))), "flag <=> size == 2"),
        (Binary("<", Call("max", (Name("size"), Literal(2))), Literal(3)), "size >= 2 & size < 3 | size < 2 & 2 < 3"),
        (
            Binary("=", Call("if", (Name("flag"), Literal("red"), Literal("blue"))), Name("colour")),
            'flag & "colour: red" | !flag & "colour: blue"',
        ),
        (
            Binary(">", Call("if", (Binary("=", Name("size"), Literal(1)), Literal(7), Name("size"))), Literal(3)),
            "size == 1 & 7 > 3 | size != 1 & size > 3",
        ),
        (Negation(Binary("and", Name("flag"), Literal(True))), "!flag"),
        (Binary(">", Name("size"), Literal(-3)), "size > -3"),
    ],
)
def test_a_rule_is_said_in_the_words_of_uvl(rule, constraint):
    assert written(rule) == [constraint]


def test_a_table_is_written_as_implications_from_left_to_right():
    allowed = Table("T", ("colour", "size"), (("red", 1), ("red", 2), ("blue", 5)))
    forbidden = Table("F", ("colour", "flag"), (("red", True),), allowed=False)

    assert written(tables=(allowed, forbidden)) == [
        '"colour: red" => size == 1 | size == 2',
        '"colour: blue" => size == 5',
        '!("colour: red" & flag)',
    ]


def test_rules_keep_the_words_of_their_authors_as_remarks():
    rule = Rule("R", Binary("implies", Name("flag"), Negation(Name("flag"))), "A flag\nneeds no flag.")

    assert "\t// A flag needs no flag.\n\tflag => !flag\n" in write_uvl(Model("M", (FLAG,), (rule,)))


def values_of(model: Model, values: dict) -> dict:
    """A selection of a model without a tree in the variables of what is read back."""
    found: dict = {model.name: True}
    for variable in model.variables:
        value = values[variable.name]
        if isinstance(value, str):
            found[variable.name] = True
            found |= {f"{variable.name}: {word}": word == value for word in variable.domain}
        elif isinstance(value, bool):
            found[variable.name] = value
        else:
            found |= {variable.name: value, f"{variable.name}.selected": True}
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(models())
def test_any_rules_and_tables_come_back_with_the_same_selections(model):
    again = parse_uvl(write_uvl(model))
    valid = {tuple(each.values()) for each in selections(model)}

    for values in product(*(variable.domain for variable in model.variables)):
        selection = values_of(model, dict(zip((variable.name for variable in model.variables), values)))
        known = all(selection[variable.name] in variable.domain for variable in again.variables)
        holds = known and all(evaluate(rule.expression, selection) for rule in again.rules)
        assert holds is (values in valid)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(trees())
def test_any_tree_comes_back_with_the_same_selections(model):
    again = selections(parse_uvl(write_uvl(model)))

    assert {frozenset(each.items()) for each in again} == {frozenset(each.items()) for each in selections(model)}


@pytest.mark.parametrize("product_file", ["city", "cargo", "trail"])
def test_a_bicycle_comes_back_with_as_many_configurations(product_file):
    model = read_product_package(VELO / f"{product_file}.yaml").to_model()

    again = parse_uvl(write_uvl(model))

    assert count(again) == count(model)
    assert [variable for variable in again.variables if type(variable.domain[0]) is int] == [
        Variable(variable.name, variable.domain) for variable in model.variables if type(variable.domain[0]) is int
    ]


def test_many_values_with_gaps_are_listed_with_the_feature():
    model = Model("M", (Variable("even", tuple(range(0, 5_000, 2))),))

    text = write_uvl(model)

    assert "Integer even {values [0, 2, 4, " in text
    assert parse_uvl(text).domain("even") == model.domain("even")


def test_a_name_that_means_something_in_uvl_is_quoted():
    names = ("true", "constraints", "A.B", "größe", "two words", "sum", "1st", "हिन्दी")
    model = Model("M", tuple(Variable(name, (False, True)) for name in names), tuple(
        Rule(f"R{number}", Name(name)) for number, name in enumerate(names)
    ))  # fmt: skip

    again = parse_uvl(write_uvl(model))

    assert {variable.name for variable in again.variables} == {"M", *names}
    assert count(again) == 1


TYPED = FeatureNode("x.selected", "R", False, "optional", 1, (0, 0), (), "x")


@pytest.mark.parametrize(
    ("model", "finding"),
    [
        (Model("M", (Variable('a"b', (False, True)),)),
         'M: a"b cannot be written in UVL: a name has no quotes and stands on one line'),
        (Model("M", (Variable("a\nb", (False, True)),)),
         "M: a\nb cannot be written in UVL: a name has no quotes and stands on one line"),
        (Model("M", (FLAG,), (), (Table("T", ("flag",), ((True,),) * 60_000),)),
         "M: table T cannot be said in UVL, which has no tables: 60,000 rows"),
        (Model("M", (Variable("R", (False, True)), Variable("x.selected", (False, True)), Variable("x", (1, 2))),
               (), (), (FeatureNode("R"), TYPED)),
         "M: x cannot be said in UVL: it has values even where x.selected does not hold"),
        (Model("M", tuple(Variable(f"{n:04}" * 50, (False, True)) for n in range(40_000))),
         "M: in UVL the model has 9,740,047 characters, 8,000,000 are allowed"),
        (Model("M", (FLAG,), (), (), (FeatureNode("flag"), FeatureNode("flag", "flag", False, "optional", 1))),
         "M: the tree cannot be said in UVL: a feature stands in it twice"),
        (Model("M", (SIZE, *(Variable(f"n{n}", (1, 2)) for n in range(12))), (Rule("R", Binary(">", Call("max", (
            Call("max", tuple(Name(f"n{n}") for n in range(12))), Name("size"))), Literal(1))),)),
         "M: rule R cannot be said in UVL: it would take more than 2,000 cases in UVL"),
    ],
)  # fmt: skip
def test_what_uvl_cannot_say_is_refused_by_name(model, finding):
    with pytest.raises(UvlError) as refused:
        write_uvl(model)
    assert finding in str(refused.value)
