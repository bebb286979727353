"""DIMACS: names from comments, a rule per clause, and one sentence for every file that is something else."""

from itertools import product
from time import process_time

import pytest

from configurator.engine import compile_model
from configurator.engine.expressions import evaluate
from configurator.formats import DimacsError, parse_dimacs, read_dimacs, read_model

BIKE = """c A small bicycle, 3 features
c 1 frame
c 2$ motor
c 3 battery, large
p cnf 4 3
1 0
-2 3 0
-3
 -4 0
"""


def refusal(text: str) -> str:
    with pytest.raises(DimacsError) as refused:
        parse_dimacs(text, "bike.dimacs")
    return str(refused.value)


def test_a_variable_is_called_as_its_comment_says_or_by_its_number():
    model = parse_dimacs(BIKE, "bike.dimacs")

    assert [variable.name for variable in model.variables] == ["frame", "motor", "battery, large", "4"]
    assert model.name == "bike"
    assert {variable.domain for variable in model.variables} == {(False, True)}


def test_a_clause_is_a_rule_that_a_person_can_read():
    rules = parse_dimacs(BIKE).rules

    assert [rule.code for rule in rules] == ["C1", "C2", "C3"]
    assert [rule.text for rule in rules] == [
        "frame",
        "motor requires battery, large",
        "not battery, large and 4 together",
    ]


def test_rules_hold_exactly_when_their_clauses_do():
    model = parse_dimacs("p cnf 3 4\n1 -2 3 0 -1 -2 0\n2 0 -3 -3 0\n")
    clauses = [(1, -2, 3), (-1, -2), (2,), (-3, -3)]

    for values in product((False, True), repeat=3):
        selection = {str(number): value for number, value in enumerate(values, 1)}
        for rule, clause in zip(model.rules, clauses):
            assert evaluate(rule.expression, selection) is any(values[abs(n) - 1] is (n > 0) for n in clause)


def test_long_texts_are_cut():
    clause = " ".join(map(str, range(-30, 0)))

    text = parse_dimacs(f"p cnf 40 1\n{clause} 31 32 0").rules[0].text

    assert text.startswith("30 and 29 and 28")
    assert text.endswith("12 and 11 and 10 more require 31 or 32")


def test_an_empty_clause_can_never_hold():
    model = parse_dimacs("p cnf 1 1\n0\n")

    assert model.rules[0].text == "nothing can be had"
    assert compile_model(model).conflict({}) == {model.rules[0].reference}


def test_names_in_any_script():
    model = parse_dimacs("c 1 自転車\nc 2 دراجة  كبيرة\nc 3 🚲\np cnf 3 0\n")

    assert [variable.name for variable in model.variables] == ["自転車", "دراجة كبيرة", "🚲"]


def test_reading_ends_at_the_end_mark_of_the_old_collections():
    assert len(parse_dimacs("p cnf 2 1\n1 2 0\n%\n0\n").rules) == 1


def test_both_endings_are_known(tmp_path):
    for name in ("bike.dimacs", "bike.CNF"):
        (tmp_path / name).write_text(BIKE, encoding="utf-8")

        assert len(read_model(tmp_path / name).rules) == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1 2 0\n", "the line p cnf VARIABLES CLAUSES is missing"),
        ("", "the line p cnf VARIABLES CLAUSES is missing"),
        ("p wcnf 2 1 10\n10 1 0\n", "line 1: p wcnf is not read: known is p cnf VARIABLES CLAUSES"),
        ("p cnf 2\n1 0\n", "line 1: p cnf 2 is not complete: known is p cnf VARIABLES CLAUSES"),
        ("p cnf 1 1\np cnf 1 1\n1 0", "line 2: a second line p stands here; the first is line 1"),
        ("p cnf 0 0\n", "line 1: there are no variables"),
        ("p cnf 2 1\n1 -3 0\n", "line 2, column 3: there is no variable 3: line p says 2"),
        ("p cnf 2 1\n1 2.5 0\n", "line 2, column 3: 2.5 is not a literal: a variable's number, or - and the number"),
        ("p cnf 2 1\n1 +2 0\n", "line 2, column 3: +2 is not a literal: a variable's number, or - and the number"),
        ("p cnf 2 1\n1 ٢ 0\n", "line 2, column 3: ٢ is not a literal: a variable's number, or - and the number"),
        ("p cnf 2 2\n1 0\n-1\n2", "line 3, column 1: this clause does not end with 0: the file is cut off"),
        ("p cnf 2 9\n1 0\n", "line 1, column 1: 9 clauses are promised and 1 follow: the file is cut off"),
        ("c 1 a\nc 1 b\np cnf 2 0\n", "line 2, column 5: variable 1 is already called a"),
        ("c 1 a\nc 2 a\np cnf 2 0\n", "line 2, column 5: a is already the name of variable 1"),
        ("p cnf 2 1\n1 0\n2 0\n", "line 3: clauses go on after the 1 that line p promises"),
        ("c 1 2\np cnf 2 0\n", "variable 2 has no name, and its number is the name of 1"),
        ("p cnf 999999999999 1\n1 0\n", "line 1: 999,999,999,999 variables where 100,000 are allowed"),
        ("p cnf 2 1000000\n1 0\n", "line 1: 1,000,000 clauses where 400,000 are allowed"),
    ],
)
def test_what_is_not_clauses_is_refused_where_it_stands(text, says):
    assert refusal(text) == f"bike.dimacs{', ' if says.startswith('line') else ': '}{says}"


def test_all_mistakes_are_named_at_once():
    assert refusal("p cnf 2 2\n1 x 0\n7 y 0\n").count("\n") == 2


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "bike.dimacs").write_bytes(b"p cnf 1 1\n\xff 0\n")

    with pytest.raises(DimacsError, match=r"bike\.dimacs, line 2: the file is not UTF-8 text"):
        read_dimacs(tmp_path / "bike.dimacs")
    with pytest.raises(DimacsError, match="the file cannot be read: No such file or directory"):
        read_dimacs(tmp_path / "none.dimacs")


@pytest.mark.parametrize(
    "text",
    [
        "p cnf 20000 1\n" + " ".join(map(str, range(1, 20_001))) + " 0\n",
        "p cnf 9 1\n" + "1 " * 4_000_000,
        "p cnf 9 1\n" + "1\n" * 2_000_000,
        "p cnf 9 1\n" + "1 0\n" * 500_000,
        "p cnf 9 9\n" + "1 0 " * 200_000,
        "p cnf 9 1\n" + "x" * 5_000_000 + " 0\n",
        "p cnf 9 1\n" + "x 0\n" * 1_000_000,
    ],
    ids=[
        "one long rule",
        "one long line",
        "no end",
        "more clauses than promised",
        "all in one line",
        "one long word",
        "all wrong",
    ],
)
def test_absurd_files_are_refused_within_two_seconds(text):
    begin = process_time()
    refusal(text)

    assert process_time() - begin < 2


def test_forty_thousand_clauses_are_read_within_two_seconds():
    clauses = [f"{n % 9000 + 1} -{(n * 7) % 9000 + 1} {(n * 13) % 9000 + 1} 0" for n in range(40_000)]
    text = "p cnf 9001 40000\n" + "\n".join(clauses)

    begin = process_time()
    model = parse_dimacs(text)

    assert process_time() - begin < 2
    assert len(model.rules) == 40_000
