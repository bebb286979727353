"""Every valid configuration has a complete bill, or the proof names one that has not."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configurator.engine import (
    BadBillLine,
    Bill,
    BillCycle,
    BillError,
    BillLine,
    BillTooLarge,
    Binary,
    EmptyItem,
    ExpressionError,
    Item,
    Literal,
    Model,
    Name,
    NegativeQuantity,
    NoAlternative,
    NoValidCompletion,
    QuantityTooLarge,
    Rule,
    UnknownItem,
    Variable,
    compile_model,
    evaluate,
    prove_bill,
)
from configurator.engine.bill_values import possible, possible_values
from configurator.formats import parse_expression, resolve, resolve_formula
from tests.unit.configurator.bills import DOMAINS, WILD_VALUES, enumerated, wild_bills

VOCABULARY = Model(
    "bike",
    (
        Variable("light", ("none", "l80", "l150")),
        Variable("battery", ("f400", "f630")),
        Variable("bell", (False, True)),
        Variable("height", tuple(range(150, 206))),
        Variable("load", tuple(range(0, 161, 5))),
    ),
)
ITEMS = (
    Item("BIKE", "Bicycle", made=True),
    Item("FRAME", "Frame", made=True, parameters=("tube",)),
    Item("LIGHTS", "Lights", made=True, phantom=True),
    Item("TUBE", "Tube", made=False, unit="mm"),
    Item("LAMP", "Lamp", made=False),
    Item("BELL", "Bell", made=False),
)


def formula(text, parameters=()):
    return resolve(parse_expression(text), VOCABULARY, parameters)


def model(*rules):
    numbered = tuple(Rule(f"R{number}", formula(rule), rule) for number, rule in enumerate(rules))
    return compile_model(Model("bike", VOCABULARY.variables, numbered))


def line(parent, item, quantity="1", when="", one_of="", scrap="0", **passed):
    parameters = next((each.parameters for each in ITEMS if each.code == parent), ())
    return BillLine(
        parent,
        item,
        formula(quantity, parameters),
        formula(when, parameters) if when else None,
        {name: formula(text, parameters) for name, text in passed.items()},
        one_of,
        Decimal(scrap),
    )


def proof_of(*lines, rules=(), items=ITEMS, **wishes):
    bill = Bill("BIKE", items, lines)
    proof = prove_bill(bill, model(*rules), **wishes)
    for flaw in proof.flaws:
        if not isinstance(flaw.error, EmptyItem):
            with pytest.raises(type(flaw.error)):
                bill.explode(flaw.witness)
        assert flaw.choices.items() <= flaw.witness.items()
    return proof


def test_a_bill_without_mistakes_is_proved_without_asking_about_single_values():
    proof = proof_of(
        line("BIKE", "FRAME", tube="height * 3 - 20"),
        line("FRAME", "TUBE", "tube", scrap="3"),
        line("BIKE", "LIGHTS", when="light != none"),
        line("LIGHTS", "LAMP", "if(light = l150, 2, 1)"),
    )

    assert (proof.complete, proof.places, proof.questions) == (True, 5, 1)


def test_a_quantity_that_a_rule_keeps_from_being_negative_is_no_flaw():
    lines = (line("BIKE", "TUBE", "height - load"),)

    assert proof_of(*lines, rules=("load <= 100",)).complete
    assert proof_of(*lines, rules=("load <= height",)).complete


def test_a_negative_quantity_is_shown_by_a_complete_valid_selection():
    proof = proof_of(line("BIKE", "TUBE", "height - load"), rules=("load > 150 implies bell",))

    (flaw,) = proof.flaws
    assert isinstance(flaw.error, NegativeQuantity)
    assert flaw.path == "BIKE/TUBE"
    assert flaw.witness["height"] < flaw.witness["load"]
    assert flaw.witness["bell"] is True
    assert flaw.choices.keys() == {"height", "load"}


@pytest.mark.parametrize(
    ("lines", "error", "path"),
    [
        ((line("BIKE", "TUBE", "height * 10000"),), QuantityTooLarge, "BIKE/TUBE"),
        ((line("BIKE", "FRAME", "2000", tube="1"), line("FRAME", "TUBE", "2000")), QuantityTooLarge, "BIKE/FRAME/TUBE"),
        ((line("BIKE", "TUBE", "500001", scrap="50"),), QuantityTooLarge, "BIKE/TUBE"),
        ((line("BIKE", "TUBE", "100 // load"),), BadBillLine, "BIKE/TUBE"),
        ((line("BIKE", "TUBE", "bell"),), BadBillLine, "BIKE/TUBE"),
        ((line("BIKE", "TUBE", when="1 // load = 1"),), BadBillLine, "BIKE/TUBE"),
        ((line("BIKE", "WING", when="bell"),), UnknownItem, "BIKE/WING"),
        ((line("BIKE", "FRAME"),), BadBillLine, "BIKE/FRAME"),
        ((line("BIKE", "BELL", tube="1"),), BadBillLine, "BIKE/BELL"),
        ((line("BIKE", "FRAME", tube="height // load"),), BadBillLine, "BIKE/FRAME"),
        ((line("BIKE", "FRAME", tube="light"), line("FRAME", "TUBE", "tube + 1")), BadBillLine, "BIKE/FRAME/TUBE"),
        ((BillLine("BIKE", "TUBE", Literal("four")),), BadBillLine, "BIKE/TUBE"),
        ((line("BIKE", "FRAME", tube="bell"), line("FRAME", "TUBE", when="tube > 3")), BadBillLine, "BIKE/FRAME/TUBE"),
        ((line("BIKE", "FRAME", tube="1"), line("FRAME", "BIKE", when="bell")), BillCycle, "BIKE/FRAME/BIKE"),
        ((line("BIKE", "LAMP", when="light = l80", one_of="lamp"),), NoAlternative, "BIKE"),
    ],
)
def test_whatever_can_go_wrong_is_found_with_its_place(lines, error, path):
    proof = proof_of(*lines)

    assert [(type(flaw.error), flaw.path) for flaw in proof.flaws] == [(error, path)]
    assert not proof.complete


def test_a_line_that_no_valid_selection_reaches_may_be_wrong():
    wrong = line("BIKE", "WING", when="bell and battery = f400")

    assert not proof_of(wrong).complete
    assert proof_of(wrong, rules=("bell implies battery = f630",)).complete


def test_the_conditions_on_the_way_down_count():
    lines = (
        line("BIKE", "LIGHTS", when="light != none"),
        line("LIGHTS", "LAMP", when="light = l80", one_of="lamp"),
        line("LIGHTS", "LAMP", when="light = l150", one_of="lamp"),
    )

    assert proof_of(*lines).complete
    assert [flaw.witness["light"] for flaw in proof_of(line("BIKE", "LIGHTS"), *lines[1:]).flaws] == ["none"]


def test_an_alternative_is_asked_only_when_the_earlier_ones_do_not_hold():
    lines = (
        line("BIKE", "LAMP", when="load = 0", one_of="lamp"),
        line("BIKE", "BELL", when="100 // load > 0", one_of="lamp"),
        line("BIKE", "TUBE", one_of="lamp"),
    )

    assert proof_of(*lines).complete
    assert not proof_of(*lines[1:]).complete


def test_what_a_quantity_of_nought_leaves_out_is_not_looked_at():
    lines = (line("BIKE", "FRAME", "if(bell, 1, 0)", tube="load"), line("FRAME", "TUBE", "100 // tube"))

    assert proof_of(*lines, rules=("bell iff load > 0",)).complete
    assert not proof_of(*lines).complete


def test_quantities_multiply_over_the_levels_for_the_same_selection():
    lines = (
        line("BIKE", "FRAME", "if(bell, 1000, 1)", tube="1"),
        line("FRAME", "TUBE", "if(bell, 1, 5000)"),
    )

    assert proof_of(*lines).complete


def test_a_made_item_of_nothing_is_a_flaw_only_if_that_is_said_to_be_wrong():
    lines = (line("BIKE", "FRAME", tube="1"), line("FRAME", "TUBE", when="bell"))

    assert proof_of(*lines).complete
    (flaw,) = proof_of(*lines, empty_items_are_wrong=True).flaws
    assert (type(flaw.error), flaw.path, flaw.witness["bell"]) == (EmptyItem, "BIKE/FRAME", False)


def test_a_bill_of_too_many_levels_is_found():
    items = [Item("BIKE", "Bicycle", made=True), *(Item(f"I{n}", "Item", made=True) for n in range(60))]
    lines = [BillLine("BIKE", "I0", Literal(1)), *(BillLine(f"I{n}", f"I{n + 1}", Literal(1)) for n in range(59))]

    (flaw,) = proof_of(*lines, items=items).flaws

    assert isinstance(flaw.error, BillTooLarge)
    assert proof_of(*lines[:49], items=items).complete


def test_a_bill_of_too_many_ways_is_said_to_be_unproved(monkeypatch):
    monkeypatch.setattr("configurator.engine.bill_proof.LINE_LIMIT", 1_000)
    items = [Item("BIKE", "Bicycle", made=True), *(Item(f"I{n}", "Item", made=True) for n in range(40))]
    lines = [BillLine("BIKE", "I0", Literal(1))]
    lines += [
        BillLine(f"I{n}", f"I{n + 1}", Literal(1), condition) for n in range(39) for condition in (None, Name("bell"))
    ]

    proof = proof_of(*lines, items=items)

    assert [unproved.text for unproved in proof.unproved] == [
        "there are more than 1,000 ways down the bill, or 2,000,000 lines on them"
    ]
    assert not proof.complete


def test_what_cannot_be_tried_within_the_budget_is_said_to_be_unproved():
    proof = prove_bill(Bill("BIKE", ITEMS, [line("BIKE", "TUBE", "height - load")]), model(), budget_seconds=-1)

    assert (proof.flaws, [unproved.path for unproved in proof.unproved]) == ((), ["BIKE"])


def test_numbers_too_many_to_try_are_settled_by_their_bounds():
    wide = Model("wide", tuple(Variable(name, tuple(range(100_000))) for name in "xyz"))
    bill = Bill("BIKE", ITEMS, [BillLine("BIKE", "TUBE", resolve(parse_expression("x + y * 2 + z // 3"), wide))])

    assert prove_bill(bill, compile_model(wide)).complete


def test_ten_thousand_alternatives_are_one_question():
    options = tuple(f"o{number}" for number in range(10_000))
    many = Model("many", (Variable("f", options), Variable("bell", (False, True))))
    alternatives = [
        BillLine("BIKE", "BELL", Literal(1), Binary("=", Name("f"), Literal(option)), one_of="f") for option in options
    ]

    whole = prove_bill(Bill("BIKE", ITEMS, alternatives), compile_model(many), empty_items_are_wrong=True)
    gap = prove_bill(Bill("BIKE", ITEMS, alternatives[:-1]), compile_model(many))

    assert (whole.complete, whole.questions) == (True, 1)
    assert [flaw.choices for flaw in gap.flaws] == [{"f": "o9999"}]


def test_assemblies_with_more_lines_than_anyone_can_try_are_refused(monkeypatch):
    for module in ("bill", "bill_proof"):
        monkeypatch.setattr(f"configurator.engine.{module}.TRIED_LIMIT", 1_000)
    items = [Item(code, code, made=True) for code in ("BIKE", "KIT", "BELL")]
    lines = [BillLine("BIKE", "KIT", Literal(1)) for _ in range(50)]
    lines += [BillLine("KIT", "BELL", Literal(1), Literal(False)) for _ in range(50)]
    bill = Bill("BIKE", items, lines)

    with pytest.raises(BillTooLarge, match="more than 1,000 lines to try"):
        bill.explode({})
    assert not prove_bill(bill, model()).complete


def test_an_item_whose_alternative_is_nought_of_something_is_empty():
    lines = (
        line("BIKE", "FRAME", tube="1"),
        line("FRAME", "BELL", "if(light = none, 0, 1)", when="bell", one_of="ring"),
        line("FRAME", "LAMP", one_of="ring"),
    )

    (flaw,) = proof_of(*lines, empty_items_are_wrong=True).flaws

    assert (type(flaw.error), flaw.choices) == (EmptyItem, {"bell": True, "light": "none"})


def test_one_mistake_in_a_shared_assembly_is_named_once():
    lines = (
        line("BIKE", "FRAME", tube="1"),
        line("BIKE", "FRAME", tube="2"),
        line("FRAME", "TUBE", "load - 5"),
    )

    assert len(proof_of(*lines).flaws) == 1


def test_a_root_that_asks_for_a_feature_nobody_has_is_a_flaw():
    bill = Bill("CAR", [Item("CAR", "Car", made=True, parameters=("wheels",))], [])

    (flaw,) = prove_bill(bill, model()).flaws

    assert str(flaw.error) == "CAR: parameter wheels: the selection has no such value"


def test_a_model_with_nothing_valid_proves_nothing():
    with pytest.raises(NoValidCompletion):
        proof_of(line("BIKE", "BELL"), rules=("bell", "not bell"))


THOROUGH = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@THOROUGH
@given(wild_bills(), enumerated())
def test_the_proof_agrees_with_every_single_bill(bill, answers):
    errors = {}
    for number, selection in enumerate(answers.valid):
        try:
            bill.explode(selection)
        except BillError as error:
            errors[number] = error

    proof = prove_bill(bill, answers)

    assert proof.unproved == ()
    assert bool(proof.flaws) == bool(errors)
    for flaw in proof.flaws:
        with pytest.raises(BillError):
            bill.explode(flaw.witness)
        for selection in answers.valid:
            if flaw.choices.items() <= selection.items():
                with pytest.raises(BillError):
                    bill.explode(selection)
    found = {type(flaw.error) for flaw in proof.flaws}
    assert all(type(error) in found for error in errors.values())


@settings(max_examples=80, deadline=None)
@given(WILD_VALUES, st.data())
def test_the_values_of_an_expression_are_never_too_few_and_exact_for_one_of_each(expression, data):
    domains = {**DOMAINS, "p": data.draw(st.sampled_from([(1, 2), ("a",), (False, True)]))}
    chosen = {
        name: data.draw(st.lists(st.sampled_from(domain), min_size=1, unique=True)) for name, domain in domains.items()
    }

    found = possible_values(expression, {name: possible(values) for name, values in chosen.items()})

    for values in product(*chosen.values()):
        selection = dict(zip(chosen, values))
        single = possible_values(expression, {name: possible([value]) for name, value in selection.items()})
        try:
            value = evaluate(expression, selection)
        except ExpressionError:
            assert found.fails
            assert single.fails
            assert not single.something
        else:
            kind = {bool: "truths", str: "words", int: "numbers"}[type(value)]
            assert value in getattr(found, kind)
            assert single == possible([value])


@given(st.lists(st.integers(-50, 50), min_size=1), st.integers(-9, 9), st.sampled_from(["+", "-", "*", "//"]))
def test_a_range_of_numbers_holds_every_result(divisors, factor, operator):
    expression = resolve_formula(parse_expression(f"(x {operator} y) * {factor} + min(x, y)"), {"x", "y"})
    numbers = list(range(-3_000, 3_000, 7))

    found = possible_values(expression, {"x": possible(numbers), "y": possible(divisors)})

    for x, y in product(numbers[::61], divisors):
        try:
            assert evaluate(expression, {"x": x, "y": y}) in found.numbers
        except ExpressionError:
            assert found.fails
