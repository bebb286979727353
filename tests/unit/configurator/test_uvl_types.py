"""Typed features of UVL: their values come from what is listed and from what constraints leave."""

import pytest

from configurator.formats import UvlError, parse_uvl
from tests.unit.configurator.small_models import selections


def model_with(feature: str, *constraints: str, group: str = "optional"):
    lines = "".join(f"  {each}\n" for each in constraints)
    return parse_uvl(f"features\n  Root\n    {group}\n      {feature}\n      Other\nconstraints\n{lines}")


def values(feature: str, *constraints: str, group: str = "mandatory") -> tuple:
    model = model_with(feature, *constraints, group=group)
    return model.domain("X")


@pytest.mark.parametrize(
    ("constraints", "domain"),
    [
        (["X >= 1 & X <= 3"], (1, 2, 3)),
        (["X >= 1", "X <= 3", "X != 2"], (1, 3)),
        (["X > 0", "X < 4"], (1, 2, 3)),
        (["0 <= X", "3 > X"], (0, 1, 2)),
        (["X == 4 | X == 7 | X == 5"], (4, 5, 7)),
        (["X == 4 | (X >= 7 & X <= 8)"], (4, 7, 8)),
        (["!(X < 2 | X > 3)"], (2, 3)),
        (["X >= 0 & 2 * X + 1 <= 6"], (0, 1, 2)),
        (["X >= -1", "-X >= -1"], (-1, 0, 1)),
        (["X >= 0.5 & X <= 2.5"], (1, 2)),
        (["X * X <= 10", "X >= -2 & X <= 9"], (-2, -1, 0, 1, 2, 3)),
        (["Other => X == 1", "X >= 0 & X <= 2"], (0, 1, 2)),
    ],
)
def test_constraints_leave_an_integer_its_values(constraints, domain):
    assert values("Integer X", *constraints) == domain


def test_listed_values_bound_numbers_and_words_in_the_order_written():
    assert values("Integer X {values [3, 1, 2]}") == (1, 2, 3)
    assert values("String X {values ['red', 'blue']}") == ("red", "blue")
    assert values("String X", "X == 'red' | 'blue' == X") == ("red", "blue")


def test_a_feature_is_bounded_by_the_bounds_of_another():
    model = parse_uvl(
        "features\n  R\n    mandatory\n      Integer A\n      Integer B\n      Real C\n      String D\n      String E\n"
        "constraints\n  B == 2 * A\n  A >= 1 & A <= 3\n  C == 0.25 * A\n  D == E\n  E == 'x' | E == 'y'\n"
    )

    assert model.domain("B") == (2, 4, 6)
    assert model.domain("C") == (25, 50, 75)
    assert model.domain("D") == ("x", "y")
    assert len(selections(model)) == 3 * 2


def test_a_real_is_kept_in_whole_steps():
    model = model_with("Real X", "X == 1.00 | X == 3.5", "X > 2 <=> Other", group="mandatory")

    (variable,) = (each for each in model.variables if each.name == "X")
    assert (variable.domain, variable.unit) == ((10, 35), "0.1")
    assert [each["X"] for each in selections(model)] == [35]  # Other is mandatory


def test_a_third_is_kept_exactly():
    model = model_with("Real X", "3 * X == 1 | X == 2 / 3", group="mandatory")

    (variable,) = (each for each in model.variables if each.name == "X")
    assert (variable.domain, variable.unit) == ((1, 2), "1/3")


def test_an_optional_number_reads_as_nought_where_it_is_not_selected():
    model = model_with("Integer X", "X == 2 | X == 3 | X == 0")

    assert model.domain("X") == (0, 2, 3)
    found = {(each["X.selected"], each["X"]) for each in selections(model)}
    assert found == {(False, 0), (True, 0), (True, 2), (True, 3)}  # not selected is not the same as nought


def test_a_bound_that_nought_breaks_makes_an_optional_number_necessary():
    model = model_with("Integer X", "X >= 1 & X <= 3")
    condition = model_with("Integer X", "X => X >= 1 & X <= 3")

    assert {(each["X.selected"], each["X"]) for each in selections(model)} == {(True, 1), (True, 2), (True, 3)}
    assert {each["X"] for each in selections(condition)} == {0, 1, 2, 3}
    assert model.domain("X") == condition.domain("X") == (0, 1, 2, 3)


def test_an_optional_word_reads_as_empty_where_it_is_not_selected():
    model = model_with("String X {values ['a', 'bcd']}", "Other => len(X) != 3", "Other <=> X")

    assert model.domain("X") == ("", "a", "bcd")
    found = {(each["X.selected"], each["X"], each["Other"]) for each in selections(model)}
    assert found == {(False, "", False), (True, "a", True)}


def test_words_are_compared_with_each_other_and_with_attributes():
    model = parse_uvl(
        "features\n  R\n    optional\n      String X {values ['a', 'b']}\n      String Y {values ['b', 'c']}\n"
        "      Z {Name 'b'}\nconstraints\n  X == Y\n  Z.Name == X\n"
    )

    found = {(each["X"], each["Y"], each["Z"]) for each in selections(model)}
    assert found == {("", "", False), ("b", "b", True)}


def test_a_constraint_that_its_values_always_fulfil_is_no_rule():
    model = model_with("Integer X {constraint X >= 0 & X <= 9}", group="mandatory")

    assert (model.domain("X"), model.rules) == (tuple(range(10)), ())


def test_an_attribute_may_be_defined_by_a_constraint_instead_of_being_declared():
    model = model_with(
        "Integer X {constraint X.Price == 1.50 * X}", "X >= 1 & X <= 5", "X.Price <= 4 | Other", "sum(Price) > 2"
    )

    found = {(each["X"], each["Other"]) for each in selections(model)}
    assert found == {(2, False)} | {(number, True) for number in (2, 3, 4, 5)}


def test_what_an_undeclared_attribute_is_must_be_nought_where_its_feature_is_not_selected():
    model = model_with("Integer X {values [1, 2]}", "X.Price == X + 1")

    assert {each["X"] for each in selections(model)} == {1, 2}  # X + 1 is not nought without X


def test_a_typed_root_and_typed_groups_are_features_like_others():
    model = parse_uvl(
        "features\n  Integer Root {values [7, 8]}\n    or\n      Integer B {values [1]}\n      C\n"
        "constraints\n  Root == 7 => B\n"
    )

    found = {(each["Root"], each["B"], each["C"]) for each in selections(model)}
    assert found == {(7, 1, False), (7, 1, True), (8, 0, True), (8, 1, False), (8, 1, True)}
    assert model.concrete_leaves() == ("C",)


@pytest.mark.parametrize(
    ("feature", "constraints", "finding"),
    [
        ("Integer X", ["X > 2"], "X has no upper bound: say how far it goes, by X >= 0 & X <= 100 for example"),
        ("Integer X", ["X < 2"], "X has no lower bound: say how far it goes, by X >= 0 & X <= 100 for example"),
        ("Integer X", ["Other => X > 2 & X < 5"],
         "X has no lower and no upper bound: say how far it goes, by X >= 0 & X <= 100 for example"),
        ("Integer X", ["X >= 0 & X <= 200000"], "X has 200,001 values, 100,000 are allowed"),
        ("Integer X", ["X == 5000000000000"], "the numbers of X go beyond 1,000,000,000,000"),
        ("Integer X", ["X >= 0 & X <= 5000000000000"], "the numbers of X go beyond 1,000,000,000,000"),
        ("Integer X", ["X > 4", "X < 3"], "X has no value that its constraints allow"),
        ("Integer X", ["X == 2.5"], "X has no value that its constraints allow"),
        ("Real X", ["X >= 1.00 & X <= 3.00"],
         "X has endlessly many values between its bounds: list them by X == 1.5 | ... or {values [1.5, ...]}"),
        ("Real X", [], "X has endlessly many values: list them by X == 1.5 | ... or {values [1.5, ...]}"),
        ("String X", ["len(X) < 4"], "X has endlessly many values: list them by X == 'a' | ... or {values ['a', ...]}"),
        ("String X {values [1, 2]}", [], "the values of X are a list of texts, such as {values [...]}"),
        ("Integer X {values ['a']}", [], "the values of X are a list of numbers, such as {values [...]}"),
    ],
)  # fmt: skip
def test_what_has_no_bounds_is_refused_by_name_and_place(feature, constraints, finding):
    with pytest.raises(UvlError) as refused:
        model_with(feature, *constraints, group="mandatory")
    assert f"line 4, column 7: {finding}" in str(refused.value).splitlines()


@pytest.mark.parametrize(
    ("constraint", "finding"),
    [
        ("X == 'a'", "line 7, column 8: this is a text, and a number is needed here"),
        ("X == Other", "line 7, column 8: Other is true or false, and a number is needed here"),
        (
            "X.Weight > 2",
            "line 7, column 3: X has no attribute Weight: declare it, or say X.Weight == ... in a constraint",
        ),
        ("X.Weight == X.Weight", "line 7, column 15: X.Weight is defined by itself"),
        ("len(X) > 2", "line 7, column 7: X is a number, and a text is needed here"),
        ("len(Other, X) > 2", "line 7, column 7: len takes one value"),
    ],
)
def test_a_typed_feature_in_the_wrong_place_is_refused(constraint, finding):
    with pytest.raises(UvlError) as refused:
        model_with("Integer X {values [1, 2]}", constraint)
    assert finding in str(refused.value).splitlines()


def test_all_findings_are_told_at_once():
    with pytest.raises(UvlError) as refused:
        parse_uvl("features\n  R\n    optional\n      Integer X\n      String Y\nconstraints\n  Z\n  R >\n", "m.uvl")

    assert [(finding.line, finding.column) for finding in refused.value.findings] == [(4, 7), (5, 7), (7, 3), (8, 6)]
