"""The difference of two releases names what changed, and nothing else."""

from dataclasses import replace

from configurator.engine import BillLine, Binary, Item, Literal, Name, Rule, Table
from configurator.engine.release_change import (
    Answer,
    Change,
    FieldChange,
    Knowledge,
    Question,
    QuestionKind,
    Section,
    TableChange,
    difference,
)

BATTERY = Question(
    "battery",
    "Battery",
    QuestionKind.OPTIONS,
    "drive",
    default="f400",
    answers=(Answer("f400", "400 Wh"), Answer("f630", "630 Wh", price=18000)),
)
LIGHTS = Question(
    "lights",
    "Lights",
    QuestionKind.FLAG,
    "drive",
    default=True,
    answers=(Answer(False, "No"), Answer(True, "Yes", price=4000)),
)
HEIGHT = Question("height", "Your height", QuestionKind.NUMBER, "drive", minimum=150, maximum=200, step=5, unit="cm")
RULE = Rule("R1", Binary("implies", Name("lights"), Name("bell")), "Lights need a bell.")
TABLE = Table("T1", ("battery", "lights"), (("f400", True), ("f630", True)), "What fits.")
LINE = BillLine("BIKE", "LAMP", Literal(2), Name("lights"))
CITY = Knowledge(
    facts={"name": "City", "base_price": 189000},
    sections=(Section("drive", "Drive"),),
    questions=(BATTERY, LIGHTS, HEIGHT),
    rules=(RULE,),
    tables=(TABLE,),
    items=(Item("LAMP", "Lamp", made=False),),
    lines=(LINE,),
)


def test_a_release_does_not_differ_from_itself():
    assert not difference(CITY, replace(CITY, facts=dict(CITY.facts)))


def test_the_base_price_is_a_fact_of_the_product():
    found = difference(CITY, replace(CITY, facts={**CITY.facts, "base_price": 199000}))

    assert found.facts == (FieldChange("base_price", 189000, 199000),)
    assert found.questions == ()


def test_an_option_that_came_and_one_that_went_are_told_apart():
    new = Answer("f800", "800 Wh")
    found = difference(
        CITY, replace(CITY, questions=(replace(BATTERY, answers=(BATTERY.answers[0], new)), *CITY.questions[1:]))
    )

    (change,) = found.questions
    assert change.fields == ()
    assert [(answer.came, answer.went, answer.row) for answer in change.answers] == [
        (True, False, new),
        (False, True, BATTERY.answers[1]),
    ]


def test_a_price_is_a_change_of_its_answer():
    dearer = replace(LIGHTS, answers=(LIGHTS.answers[0], replace(LIGHTS.answers[1], price=4500)))

    (change,) = difference(CITY, replace(CITY, questions=(BATTERY, dearer, HEIGHT))).questions

    assert [answer.fields for answer in change.answers] == [(FieldChange("price", 4000, 4500),)]


def test_a_range_and_its_step_are_named_each():
    (change,) = difference(
        CITY, replace(CITY, questions=(BATTERY, LIGHTS, replace(HEIGHT, maximum=190, step=1)))
    ).questions

    assert change.fields == (FieldChange("maximum", 200, 190), FieldChange("step", 5, 1))


def test_a_flag_that_became_options_loses_both_answers_although_true_equals_one():
    numbers = Question("lights", "Lights", QuestionKind.NUMBER, "drive", minimum=0, maximum=1, step=1, default=1)

    (change,) = difference(CITY, replace(CITY, questions=(BATTERY, numbers, HEIGHT))).questions

    assert {field.field for field in change.fields} == {"kind", "default", "minimum", "maximum", "step"}
    assert [answer.went for answer in change.answers] == [True, True]


def test_questions_in_another_order_are_one_change():
    found = difference(CITY, replace(CITY, questions=(LIGHTS, BATTERY, HEIGHT)))

    assert found.facts == (FieldChange("order", ("battery", "lights", "height"), ("lights", "battery", "height")),)
    assert found.questions == ()


def test_a_rule_under_another_code_is_the_same_rule():
    (change,) = difference(CITY, replace(CITY, rules=(replace(RULE, code="R9"),))).rules

    assert change.fields == (FieldChange("code", "R1", "R9"),)


def test_a_rule_with_another_meaning_is_changed_and_a_new_one_has_come():
    other = replace(RULE, expression=Binary("iff", Name("lights"), Name("bell")))
    more = Rule("R2", Name("bell"), "There is a bell.")

    first, second = difference(CITY, replace(CITY, rules=(other, more))).rules

    assert [field.field for field in first.fields] == ["expression"]
    assert second == Change(None, more)


def test_rows_of_a_table_come_and_go():
    rows = (("f400", True), ("f400", False))

    (change,) = difference(CITY, replace(CITY, tables=(replace(TABLE, rows=rows),))).tables

    assert change == TableChange(
        TABLE, replace(TABLE, rows=rows), (), rows_added=(("f400", False),), rows_removed=(("f630", True),)
    )


def test_of_two_lines_for_one_item_only_the_changed_one_is_named():
    second = BillLine("BIKE", "LAMP", Literal(1), Name("rack"))
    before = replace(CITY, lines=(LINE, second))
    third = replace(second, quantity=Literal(3))

    (change,) = difference(before, replace(CITY, lines=(third, LINE))).lines

    assert change == Change(second, third, (FieldChange("quantity", Literal(1), Literal(3)),))


def test_an_item_that_is_bought_now_is_changed():
    before = replace(CITY, items=(Item("LAMP", "Lamp", made=True),))

    (change,) = difference(before, CITY).items

    assert change.fields == (FieldChange("made", True, False),)
