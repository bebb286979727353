"""UVL files larger and stranger than any: read or refused, and never for long."""

from time import process_time

import pytest

from configurator.formats import UvlError, parse_uvl, read_uvl

SECONDS = 4.0
"""Processor time for one such file: each takes below 2 on a machine of its own, more where others compute beside it."""


@pytest.fixture(autouse=True)
def quickly():
    parse_uvl("features\n  A\nconstraints\n  A\n")  # the grammar is made once
    begin = process_time()
    yield
    assert process_time() - begin < SECONDS


def first_finding(text: str) -> str:
    with pytest.raises(UvlError) as refused:
        parse_uvl(text)
    return str(refused.value).splitlines()[0]


def test_ten_thousand_options_in_one_group_are_read():
    text = "features\n  Root\n    alternative\n" + "".join(f'      "Option {n}"\n' for n in range(10_000))

    assert len(parse_uvl(text).tree) == 10_001


def test_two_hundred_parentheses_are_read():
    text = "features\n  A\n    optional\n      B\nconstraints\n  " + "(" * 200 + "A | B" + ")" * 200 + "\n"

    assert parse_uvl(text).rules[0].text.startswith("((((")


def test_two_hundred_negations_are_refused():
    text = "features\n  A\n    optional\n      B\nconstraints\n  " + "!(" * 200 + "A | B" + ")" * 200 + "\n"

    assert first_finding(text) == "line 6, column 3: the expression has 101 levels, 100 are allowed"


def test_twenty_megabytes_are_refused_at_once(tmp_path):
    path = tmp_path / "large.uvl"
    path.write_text("features\n  Root\n    optional\n" + "".join(f"      F{n}\n" for n in range(1_600_000)))

    with pytest.raises(UvlError) as refused:
        read_uvl(path)
    assert str(refused.value) == "large.uvl: the file is larger than 8,000,000 characters"


def test_more_features_than_anyone_configures_are_refused():
    text = "features\n  Root\n    optional\n" + "".join(f"      F{n}\n" for n in range(100_001))

    assert first_finding(text) == "line 100003, column 7: there are more than 100,000 features"


def test_a_tree_of_a_thousand_levels_is_read():
    lines = [f"{' ' * (4 * n)}F{n}\n{' ' * (4 * n + 2)}mandatory" for n in range(1_000)]
    text = "features\n" + "\n".join(f"  {line}".replace("\n", "\n  ") for line in lines) + f"\n{' ' * 4_002}Leaf\n"

    assert len(parse_uvl(text).tree) == 1_001


def test_a_constraint_longer_than_a_page_is_read_and_one_longer_than_a_book_is_refused():
    head = "features\n  A\n    optional\n      B\nconstraints\n  "

    assert len(parse_uvl(head + " | ".join(["B"] * 3_000) + "\n").rules) == 1
    assert first_finding(head + " | ".join(["B"] * 12_000) + "\n") == (
        "line 6, column 3: the expression has 20,001 parts, 20,000 are allowed"
    )
    assert first_finding(head + " | ".join(["B"] * 100_000) + "\n") == (
        "line 6, column 3: the constraint has 399,997 characters, 200,000 are allowed"
    )


def test_sums_of_thousands_of_words_and_numbers_are_read():
    text = "features\n  A\n    mandatory\n      Integer N {values [1, 2]}\nconstraints\n  "

    assert parse_uvl(text + " + ".join(["N"] * 4_000) + " < 6000\n").domain("N") == (1,)
    assert len(parse_uvl(text + " - ".join(["2 * N"] * 2_000) + " < 0\n").rules) == 0  # always so


@pytest.mark.parametrize("name", ["größe", "顏色", "हिन्दी", "ขนาด", "اللون", "цвет", "a·b", "🚲", "e\u0301te"])
def test_names_of_any_script_need_no_quotes(name):
    model = parse_uvl(f"features\n  {name}\n    optional\n      B\nconstraints\n  B => {name}\n")

    assert [node.name for node in model.tree] == [name, "B"]


@pytest.mark.parametrize(
    ("number", "finding"),
    [
        ("9" * 41, "line 6, column 8: the number has 41 characters, 40 are allowed"),
        ("0." + "1" * 39, "line 6, column 8: the number has 41 characters, 40 are allowed"),
        ("9" * 40, "line 4, column 7: the numbers of N go beyond 1,000,000,000,000"),
    ],
)
def test_numbers_out_of_range_are_refused(number, finding):
    with pytest.raises(UvlError) as refused:
        parse_uvl(f"features\n  A\n    mandatory\n      Integer N\nconstraints\n  N == {number}\n")
    assert finding in str(refused.value).splitlines()


def test_thousands_of_mistakes_are_told_a_hundred_at_a_time():
    text = "features\n  A\nconstraints\n" + "".join(f"  Unknown{n} => A\n" for n in range(5_000))

    with pytest.raises(UvlError) as refused:
        parse_uvl(text)
    assert len(refused.value.findings) == 100


def test_thousands_of_remarks_and_quotes_are_passed_over():
    text = "features\n  A // it's \"one\n" + "  /* two\n  lines */ // more /*\n" * 50_000

    assert len(parse_uvl(text).tree) == 1


def test_combinations_of_many_instances_are_refused():
    text = (
        "features\n  R\n    optional\n      A cardinality [1..200]\n        optional\n          X\n"
        "      B cardinality [1..200]\n        optional\n          Y\nconstraints\n  X => Y\n"
    )

    assert first_finding(text) == "line 11, column 3: the constraint is about too many combinations of instances"


def test_a_sum_of_five_thousand_amounts_is_refused_for_its_length():
    text = "features\n  R\n    optional\n" + "".join(f"      F{n} {{P {n}}}\n" for n in range(5_100))

    assert first_finding(text + "constraints\n  sum(P) < 1000\n") == (
        "line 5105, column 3: the expression has 20,001 parts, 20,000 are allowed"
    )
