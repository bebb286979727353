"""The model check finds what is wrong with a model, names the rules that are responsible, and nothing else."""

from itertools import product

import pytest

from configurator.engine import Choice, Model, Rule, RuleRef, Table, Variable
from configurator.engine.compiled_model import compile_model
from configurator.engine.model_check import Example, FindingCode, ModelFinding, Severity, model_check
from configurator.formats.rule_language import parse_expression
from configurator.formats.rule_meaning import resolve
from configurator.formats.uvl import parse_uvl

VARIABLES = (
    Variable("frame", ("diamond", "lowstep", "cross")),
    Variable("motor", ("small", "big")),
    Variable("lights", (False, True)),
    Variable("bell", (False, True)),
    Variable("height", tuple(range(150, 201, 5))),
)


def model(*rules: str, tables: tuple[Table, ...] = ()) -> Model:
    """The bicycle under these rules, called R1, R2 and so on."""
    vocabulary = Model("bike", VARIABLES)
    written = tuple(
        Rule(f"R{number}", resolve(parse_expression(text), vocabulary, kind=bool), f"{text}.")
        for number, text in enumerate(rules, 1)
    )
    return Model("bike", VARIABLES, written, tables)


def check(*rules: str, tables: tuple[Table, ...] = (), examples: tuple[Example, ...] = ()) -> list[ModelFinding]:
    return list(model_check(compile_model(model(*rules, tables=tables)), examples))


def of_code(findings: list[ModelFinding], code: FindingCode) -> list[ModelFinding]:
    return [finding for finding in findings if finding.code is code]


def codes(finding: ModelFinding) -> list[str]:
    return [rule.code for rule in finding.rules]


def test_a_sound_model_has_no_findings():
    found = check("motor = big implies frame != lowstep", "frame = lowstep implies height <= 190")

    assert found == []


def test_a_void_model_is_told_with_every_independent_contradiction_and_nothing_else():
    found = check(
        "motor = big implies lights",
        "motor = big",
        "not lights",
        "frame = lowstep",
        "frame = cross",
        "bell implies height = 150",
    )

    assert {finding.code for finding in found} == {FindingCode.VOID}
    assert sorted(codes(finding) for finding in found) == [["R1", "R2", "R3"], ["R4", "R5"]]
    assert found[0].severity is Severity.ERROR


def test_an_option_nobody_can_have_is_told_with_the_rules_that_forbid_it():
    found = check("frame = cross implies motor = big", "frame = cross implies motor = small", "bell implies lights")

    assert of_code(found, FindingCode.DEAD_VALUE) == [
        ModelFinding(
            FindingCode.DEAD_VALUE,
            Severity.ERROR,
            "frame",
            ("cross",),
            (
                RuleRef("R1", "frame = cross implies motor = big."),
                RuleRef("R2", "frame = cross implies motor = small."),
            ),
        )
    ]


def test_a_flag_nobody_can_have_is_a_warning():
    (found,) = of_code(check("bell implies lights", "bell implies not lights"), FindingCode.DEAD_VALUE)

    assert (found.subject, found.values, found.severity) == ("bell", (True,), Severity.WARNING)
    assert codes(found) == ["R1", "R2"]


def test_a_flag_that_is_always_yes_is_false_optional_with_the_rules_that_force_it():
    found = check("motor = big implies lights", "motor = small implies lights")

    (finding,) = of_code(found, FindingCode.FALSE_OPTIONAL)
    assert (finding.subject, finding.values, codes(finding)) == ("lights", (True,), ["R1", "R2"])


def test_a_question_with_one_answer_left_is_false_optional():
    (finding,) = of_code(check("motor != small"), FindingCode.FALSE_OPTIONAL)

    assert (finding.subject, finding.values, codes(finding)) == ("motor", ("big",), ["R1"])


def test_a_number_out_of_reach_is_told_as_ranges_with_the_rules_of_each():
    found = check("height >= 165", "motor = big implies height <= 185", "motor = small implies height != 175")

    assert not of_code(found, FindingCode.FALSE_OPTIONAL)
    (finding,) = of_code(found, FindingCode.UNREACHABLE_RANGE)
    assert (finding.subject, finding.ranges, codes(finding)) == ("height", ((150, 160),), ["R1"])


def test_two_ranges_out_of_reach_are_two_ranges():
    (finding,) = of_code(check("height != 160 and height <= 190"), FindingCode.UNREACHABLE_RANGE)

    assert finding.ranges == ((160, 160), (195, 200))


def test_a_rule_that_others_imply_is_redundant_with_those_rules():
    found = check("motor = big implies lights", "lights implies bell", "motor = big implies bell", "bell or lights")

    (finding,) = of_code(found, FindingCode.REDUNDANT_RULE)
    assert (finding.subject, codes(finding), finding.severity) == ("R3", ["R1", "R2"], Severity.NOTICE)


def test_each_of_two_equal_rules_is_redundant_because_of_the_other():
    found = of_code(check("bell implies lights", "not lights implies not bell"), FindingCode.REDUNDANT_RULE)

    assert [(finding.subject, codes(finding)) for finding in found] == [("R1", ["R2"]), ("R2", ["R1"])]


def test_a_rule_that_says_nothing_is_empty_and_not_redundant():
    found = check("bell implies bell or lights")

    assert [(finding.code, finding.subject, finding.rules) for finding in found] == [(FindingCode.EMPTY_RULE, "R1", ())]


@pytest.mark.parametrize(("allowed", "rows"), [(True, [("small", True)]), (False, [("small", False)])])
def test_a_table_that_a_rule_implies_is_redundant(allowed: bool, rows: list):
    rows = rows if not allowed else [("small", True), ("big", False), ("big", True)]
    table = Table("T1", ("motor", "lights"), tuple(rows), "", allowed)

    found = check("motor = small implies lights", tables=(table,))

    assert [(finding.subject, codes(finding)) for finding in found] == [("R1", ["T1"]), ("T1", ["R1"])]


def test_a_table_of_three_columns_is_redundant_only_when_it_is():
    everything = tuple(product(("small", "big"), (False, True), (False, True)))
    less = tuple(row for row in everything if row != ("small", False, True))

    assert [each.code for each in check(tables=(Table("T1", ("motor", "lights", "bell"), everything),))] == [
        FindingCode.EMPTY_RULE
    ]
    assert check(tables=(Table("T1", ("motor", "lights", "bell"), less),)) == []


def test_a_rule_whose_left_side_others_exclude_never_fires():
    found = check("bell implies not lights", "bell and lights implies motor = big", "motor = big implies bell")

    (finding,) = found
    assert (finding.code, finding.subject, codes(finding)) == (FindingCode.NEVER_FIRES, "R2", ["R1"])


def test_a_rule_that_excludes_its_own_left_side_does_its_work():
    assert check("bell and lights implies false") == []


def test_all_left_sides_of_a_chain_of_implications_have_to_hold():
    (finding,) = check("bell implies not lights", "bell implies (lights implies motor = big)")

    assert (finding.code, finding.subject) == (FindingCode.NEVER_FIRES, "R2")


def test_an_example_to_be_sold_that_the_rules_refuse_is_told_with_the_conflict():
    example = Example("family bike", {"bell": True, "frame": "cross", "lights": True})

    (finding,) = check("frame = cross implies not lights", examples=(example, Example("plain", {"bell": True})))

    assert (finding.code, finding.severity, finding.subject) == (
        FindingCode.SALE_REFUSED,
        Severity.ERROR,
        "family bike",
    )
    assert finding.choices == (Choice("frame", "cross"), Choice("lights", True))
    assert codes(finding) == ["R1"]


def test_an_example_to_be_refused_that_can_be_completed_is_told():
    examples = (
        Example("dark cross", {"frame": "cross", "lights": False}, sold=False),
        Example("bright cross", {"frame": "cross", "lights": True}, sold=False),
    )

    (finding,) = check("frame = cross implies lights", examples=examples)

    assert (finding.code, finding.subject) == (FindingCode.REFUSAL_SOLD, "bright cross")


def test_an_example_of_something_that_is_not_offered_any_more_is_told():
    examples = (Example("old", {"motor": "steam"}), Example("older", {"wings": True}, sold=False))

    found = check(examples=examples)

    assert [(finding.code, finding.subject) for finding in found] == [
        (FindingCode.UNKNOWN_EXAMPLE, "old"),
        (FindingCode.UNKNOWN_EXAMPLE, "older"),
    ]


def test_an_optional_feature_of_a_tree_that_always_comes_with_its_parent_is_false_optional():
    tree = parse_uvl(
        "features\n  Bike\n    mandatory\n      Frame\n    optional\n      Lights\n"
        "        optional\n          Dynamo\n      Bell\nconstraints\n  Lights => Dynamo\n"
    )

    found = model_check(compile_model(tree))

    assert [(each.code, each.subject, each.values) for each in found] == [
        (FindingCode.FALSE_OPTIONAL_CHILD, "Dynamo", ("Lights",))
    ]
    assert len(found[0].rules) == 1


def test_a_check_without_time_says_what_it_left_out():
    found = model_check(compile_model(model("bell implies lights", "bell implies not lights")), budget_seconds=0)

    by_code = {finding.code: finding for finding in found}
    assert by_code[FindingCode.UNFINISHED].values == ("redundant_rule", 0, 2)
    assert not by_code[FindingCode.DEAD_VALUE].explained


def test_progress_is_told_by_part():
    told = []

    model_check(compile_model(model("bell implies lights")), progress=lambda *each: told.append(each))

    assert ("redundant_rule", 0, 1) in told
