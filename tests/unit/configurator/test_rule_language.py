"""The rule language: what it says, what it refuses, and that writing and reading agree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.engine import (
    Binary,
    DivisionByZero,
    Literal,
    Model,
    Name,
    Negation,
    NumberTooLarge,
    TypeMismatch,
    UnknownFeature,
    UnknownValue,
    Variable,
    evaluate,
)
from configurator.formats import (
    RuleSyntaxError,
    format_expression,
    parse_expression,
    position_of,
    resolve,
    resolve_formula,
)
from tests.unit.configurator.small_models import rules

BIKE = Model(
    "bike",
    (
        Variable("battery", ("f400", "f500", "rack500")),
        Variable("seat", ("none", "child_rear")),
        Variable("height", tuple(range(150, 206)), "cm"),
        Variable("bell", (False, True)),
        Variable("größe", ("s", "m")),
        Variable("顏色", ("紅", "藍")),
    ),
)
SELECTION = {"battery": "f400", "seat": "none", "height": 172, "bell": True, "größe": "m", "顏色": "紅"}


def value(text: str):
    return evaluate(resolve(parse_expression(text), BIKE), SELECTION)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seat = child_rear implies battery != rack500", True),
        ("battery in {f500, rack500}", False),
        ("battery not in {f500, 'rack500'}", True),
        ("not bell or height > 170 and bell", True),
        ("bell iff seat = none iff false", False),
        ("160 <= height < 172", False),
        ("height * 3 - 20", 496),
        ("-7 // 2", -4),
        ("2 + 3 * 4 - 1", 13),
        ("min(height, 160) + max(1, 2, 3)", 163),
        ("if(größe = m, 2, 1)", 2),
        ("顏色 = 紅", True),
        ("\"größe\" = 'm'", True),
        ("height = 0 or 10 // height >= 0", True),
        ("bell = true # the customer's wish", True),
        ("if(bell, 'f400', 'f400') = battery", True),
        ("false implies false implies false", True),
    ],
)
def test_expressions_have_the_value_one_expects(text, expected):
    assert value(text) == expected
    assert type(value(text)) is type(expected)


@settings(max_examples=300, deadline=None)
@given(rules())
def test_what_is_written_reads_back_the_same(expression):
    again = resolve_formula(
        parse_expression(format_expression(expression)), {"flag", "bell", "frame", "seat", "colour", "height", "load"}
    )

    assert parse_expression(format_expression(again)) == again
    assert format_expression(again) == format_expression(expression)


@given(st.text(min_size=1).filter(lambda text: text.strip() and "\n" not in text))
def test_names_in_any_script_can_be_quoted(name):
    assert parse_expression(format_expression(Name(name))) == Name(name)
    assert parse_expression(format_expression(Literal(name))) == Literal(name)


@pytest.mark.parametrize(
    ("text", "line", "column", "sentence"),
    [
        ("a == b", 1, 4, "= is not expected here; write = to compare"),
        ("a & b", 1, 3, "& is not expected here; write and"),
        ("a =>\nb", 1, 4, "> is not expected here; write implies"),
        ("a and", 1, 6, "the text ends too early"),
        ("(a and\n  (b", 2, 5, "the text ends too early: a parenthesis is not closed"),
        ("", 1, 1, "there is no expression"),
        ("height > 3a", 1, 10, "3a is not a whole number; a name begins with a letter"),
        ("height > 2.5", 1, 10, "2.5 is not a whole number; numbers are whole: choose a smaller unit"),
        ("seat = 'none", 1, 8, "a quote is not closed"),
        ("a b", 1, 3, "b is not expected here; an operator such as and, or, implies is missing before it"),
        ("a = b = c", 1, 7, "= is not expected here; compare two values at a time, joined by and"),
        ("if(bell, 1) > 0", 1, 1, "if needs three parts: if(condition, then, otherwise)"),
        ("min(1) > 0", 1, 1, "min needs at least two numbers"),
        ("height > 99999999999999999999", 1, 10, "the number is larger than 1,000,000,000,000"),
        ("battery in [f400]", 1, 12, "[ is not expected here; a set is written in braces: {a, b}"),
        ("not " * 200 + "bell", 1, 1, "the expression has 101 levels, 100 are allowed"),
        ("a or " * 5_000 + "a", 1, 1, "the text has 25,001 characters, 20,000 are allowed"),
    ],
)  # fmt: skip
def test_a_slip_is_shown_with_its_place_and_a_hint(text, line, column, sentence):
    with pytest.raises(RuleSyntaxError) as refused:
        parse_expression(text, "R07")
    assert (refused.value.line, refused.value.column, refused.value.text) == (line, column, sentence)


def test_the_error_draws_the_rule_and_points_at_the_place():
    with pytest.raises(RuleSyntaxError) as refused:
        parse_expression("seat == none", "R07")
    assert str(refused.value).splitlines()[1:] == ["  seat == none", "        ^"]


def test_two_hundred_parentheses_are_read():
    assert parse_expression("(" * 200 + "bell" + ")" * 200) == Name("bell")


def test_a_chain_of_three_thousand_is_read_compared_and_evaluated():
    chain = parse_expression("a or " * 3_000 + "a")

    assert evaluate(chain, {"a": False}) is False
    assert chain == parse_expression(format_expression(chain))
    assert hash(chain) == hash(parse_expression(format_expression(chain)))


@pytest.mark.parametrize(
    ("text", "error", "column", "sentence"),
    [
        ("batery = f400", UnknownFeature, 1, "there is no feature batery; did you mean battery?"),
        ("bell and battery = f401", UnknownValue, 20, "battery has no value f401; did you mean f400?"),
        ("battery in {rack50}", UnknownValue, 13, "battery has no value rack50; did you mean rack500?"),
        ("height + bell > 3", TypeMismatch, 10, "+ does not work on a true-or-false value"),
        ("battery > 3", TypeMismatch, 1, "> does not work on a word"),
        ("bell = 1", TypeMismatch, 8, "= does not work on a number"),
        ("f400", UnknownFeature, 1, "there is no feature f400; a word that is a value is written 'f400'"),
    ],
)
def test_a_word_that_means_nothing_is_shown_with_its_column(text, error, column, sentence):
    with pytest.raises(error) as refused:
        resolve(parse_expression(text), BIKE, kind=bool)
    assert position_of(refused.value) == (1, column)
    assert str(refused.value) == sentence


def test_a_rule_must_be_true_or_false():
    with pytest.raises(TypeMismatch):
        resolve(parse_expression("height + 1"), BIKE, kind=bool)


def test_truth_is_not_the_number_one():
    assert Literal(True) != Literal(1)
    with pytest.raises(TypeMismatch):
        evaluate(Binary("=", Literal(True), Literal(1)), {})


def test_numbers_that_grow_without_limit_are_refused_at_once():
    huge = Name("height")
    for _ in range(60):
        huge = Binary("*", huge, Name("height"))
    with pytest.raises(NumberTooLarge):
        evaluate(huge, SELECTION)


def test_division_by_zero_is_an_error_of_ours():
    with pytest.raises(DivisionByZero):
        evaluate(parse_expression("1 // (height - 172)"), SELECTION)
    assert evaluate(Negation(Literal(False)), {}) is True
