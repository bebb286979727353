"""Arithmetic in UVL: exact, with nought for what is not selected."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configurator.formats import parse_uvl
from configurator.formats.uvl.syntax import parse_constraint
from tests.unit.configurator.small_models import selections
from tests.unit.configurator.uvl_oracle import Plain

FEATURES = ("A", "B", "C")
AMOUNTS = {
    "root": {"Weight": Fraction(2)},
    "A": {"Weight": Fraction(3), "Fun": Fraction(-3, 2)},
    "B": {"Weight": Fraction(1, 4), "Fun": Fraction(7)},
    "C": {"Fun": Fraction(0)},
    "Size": {"Weight": Fraction(1)},
}
SHOP = """\
features
  root {Weight 2}
    optional
      A {Weight 3, Fun -1.5, Name 'a'}
      B {Weight 0.25, Fun 7, Name 'b'}
      C {Fun 0}
      Integer Size {Weight 1, values [0, 1, 2, 5]}
constraints
"""
PLAIN = Plain((*FEATURES, "Size"), AMOUNTS, {"Size": tuple(map(Fraction, (0, 1, 2, 5)))})


def chosen(*constraints: str) -> set[frozenset[str]]:
    """The sets of features that some selection of the shop consists of."""
    model = parse_uvl(SHOP + "".join(f"  {each}\n" for each in constraints))
    found = selections(model)
    return {frozenset(name for name in FEATURES if each[name]) for each in found if not each["Size.selected"]}


def subsets(*names: str) -> set[frozenset[str]]:
    return {frozenset(each) for each in names}


@pytest.mark.parametrize(
    ("constraint", "left"),
    [
        ("A.Weight + B.Weight == 3.25", ["AB", "ABC"]),
        ("A.Weight > 0", ["A", "AB", "AC", "ABC"]),
        ("A.Fun < 0", ["A", "AB", "AC", "ABC"]),
        ("B.Weight * B.Fun == 1.75", ["B", "AB", "BC", "ABC"]),
        ("A.Weight / B.Weight == 12", ["AB", "ABC"]),  # without B it would divide by nought, so it does not hold
        ("A.Weight / 3 + B.Weight * 4 >= 2", ["AB", "ABC"]),
        ("sum(Weight) > 5", ["AB", "ABC"]),
        ("sum(Fun) == 0", ["", "C"]),
        ("avg(Fun) == 0", ["", "C"]),
        ("avg(Weight) == 2.5", ["A", "AC"]),  # (2 + 3) / 2
        ("avg(Fun) != 0", ["A", "B", "AB", "AC", "BC", "ABC"]),
        ("sum(Weight, A) == 3", ["A", "AB", "AC", "ABC"]),
        ("sum(B, Weight) == 0", ["", "A", "C", "AC"]),
        ("floor(B.Weight) == 0 & ceil(B.Weight) == 1", ["B", "AB", "BC", "ABC"]),
        ("floor(A.Fun) == -2", ["A", "AB", "AC", "ABC"]),
        ("0.1 + 0.2 == 0.3", ["", "A", "B", "C", "AB", "AC", "BC", "ABC"]),  # not so with binary fractions
        ("root.Weight == 2.0 & -B.Fun <= -7", ["B", "AB", "BC", "ABC"]),
        ("A.Name == 'a' | B.Name == A.Name", ["", "A", "C", "AB", "AC", "ABC"]),  # both empty without A and B
        ("len(A.Name) == 1 <=> B", ["", "C", "AB", "ABC"]),
        ("A == B", ["", "C", "AB", "ABC"]),
        ("!A != true", ["A", "AB", "AC", "ABC"]),
        ("1 / 0 == 1 | C", ["C", "AC", "BC", "ABC"]),
    ],
)
def test_a_constraint_leaves_just_what_it_says(constraint, left):
    assert chosen(constraint) == subsets(*left)


def numbers() -> st.SearchStrategy[str]:
    leaves = st.one_of(
        st.sampled_from(["A.Weight", "A.Fun", "B.Weight", "B.Fun", "C.Fun", "Size", "Size.Weight", "root.Weight"]),
        st.sampled_from(["sum(Weight)", "sum(Fun)", "avg(Weight)", "avg(Fun)"]),
        st.sampled_from(["0", "1", "2.5", "0.25", "7", "3"]),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
            st.builds("{}({})".format, st.sampled_from(["floor", "ceil"]), inner),
            st.builds("-({})".format, inner),
        ),
        max_leaves=4,
    )


def constraints() -> st.SearchStrategy[str]:
    operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    return st.recursive(
        st.one_of(st.builds("{} {} {}".format, numbers(), operators, numbers()), st.sampled_from(["A", "C", "Size"])),
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from(["&", "|", "=>", "<=>"]), inner),
            st.builds("!({})".format, inner),
        ),
        max_leaves=3,
    )


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(constraints())
def test_any_constraint_says_what_calculating_it_in_fractions_gives(constraint):
    parsed = parse_constraint(constraint)
    expected = {frozenset(each.items()) for each in PLAIN.selections() if PLAIN.holds(parsed, each)}

    found = set()
    for each in selections(parse_uvl(f"{SHOP}  {constraint}\n")):
        picked = {name: True for name in ("root", *FEATURES) if each[name]}
        size = {"Size": Fraction(each["Size"])} if each["Size.selected"] else {}
        found.add(frozenset((picked | size).items()))

    assert found == expected


def test_a_sum_over_many_features_becomes_one_linear_rule():
    options = "".join(f"      F{number} {{Price {number % 7}.50}}\n" for number in range(2_000))

    model = parse_uvl(f"features\n  Root\n    optional\n{options}constraints\n  sum(Price) <= 99.50\n")

    (rule,) = model.rules
    assert rule.expression.operator == "<="
    assert rule.expression.right.value == 199  # in halves, because prices are
