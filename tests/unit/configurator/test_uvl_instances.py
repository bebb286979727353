"""Features of UVL that stand for several instances: alike, and so counted without their numbers."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configurator.engine import Model
from configurator.formats import UvlError, parse_uvl
from tests.unit.configurator import counting
from tests.unit.configurator.small_models import selections


def count(text: str) -> int:
    return counting.count(parse_uvl(text))


def test_instances_are_features_below_the_one_they_are_instances_of():
    model = parse_uvl(
        "features\n  R\n    optional\n      A cardinality [2..3] {Price 5}\n        mandatory\n          B\n"
    )

    assert [(n.name, n.parent, n.group, n.cardinality, n.abstract) for n in model.tree] == [
        ("R", None, "root", (0, 0), False),
        ("A", "R", "optional", (0, 0), True),
        ("A#1", "A", "cardinality", (2, 3), False),
        ("B#1", "A#1", "mandatory", (0, 0), False),
        ("A#2", "A", "cardinality", (2, 3), False),
        ("B#2", "A#2", "mandatory", (0, 0), False),
        ("A#3", "A", "cardinality", (2, 3), False),
        ("B#3", "A#3", "mandatory", (0, 0), False),
    ]
    assert [dict(node.attributes) for node in model.tree[1:3]] == [{}, {"Price": 5}]


def test_only_how_many_instances_are_alike_counts():
    # 1 to 4 instances, each of one of three kinds: 3 + 6 + 10 + 15 multisets
    assert count("features\n  A cardinality [1..4]\n    alternative\n      B\n      C\n      D\n") == 34
    # 0 to 3 instances with an optional part: 1 + 2 + 3 + 4; and the product without A
    assert count("features\n  R\n    optional\n      A cardinality [0..3]\n        optional\n          B\n") == 1 + 10


def test_exactly_one_instance_needs_no_number():
    model = parse_uvl("features\n  R\n    optional\n      A cardinality [1]\n        optional\n          B\n")

    assert [node.name for node in model.tree] == ["R", "A", "B"]


TWO_OR_THREE = """\
features
  R
    optional
      A cardinality [2..3]
        optional
          B
          C
      D
constraints
"""


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        # An instance has B, C, both or nothing: 4 kinds. Without A and D: 1; with D: 2; so (1 + 10 + 20) * 2 = 62.
        ("R", 62),
        # B => C leaves 3 kinds: (1 + 6 + 10) * 2
        ("B => C", 34),
        # with D every instance has both, and there is one at least: 31 without D, 1 + 1 with it
        ("D => (C & B)", 33),
        # the feature itself is there when an instance is
        ("A => D", 1 * 2 + 30),
        # never both in one instance, though they may be in two: 3 kinds
        ("!(B & C)", 34),
        # A without B is nothing of it at all, so A must be there: every instance has B, 2 kinds
        ("B", (3 + 4) * 2),
    ],
)
def test_a_constraint_below_instances_holds_for_each_of_them(constraint, expected):
    assert count(f"{TWO_OR_THREE}  {constraint}\n") == expected


def test_amounts_are_added_up_over_all_instances():
    text = (
        "features\n  R\n    optional\n      A cardinality [1..3] {Price 2}\n        optional\n          B {Price 1}\n"
        "constraints\n"
    )
    # n instances with m of them having B cost 2n + m
    assert count(text + "  sum(Price) == 5\n") == 1  # n = 2, m = 1
    assert count(text + "  sum(Price) <= 4\n") == 1 + 2 + 1  # nothing; 2, 3; 4
    assert count(text + "  avg(Price) == 1.5\n") == 3  # every instance has its B
    assert count(text + "  sum(Price, A) >= 3 & sum(Price, A) < 5\n") == 1 + 1  # n = 1, m = 1; n = 2, m = 0
    assert count(text + "  A => sum(Price, B) == 1\n") == 1 + 3  # an instance's own B: no A, or all have it


def test_instances_below_instances_are_in_one_order_too():
    text = "features\n  A cardinality [1..2]\n    optional\n      B cardinality [1..2]\n        optional\n          C\n"
    # B: absent, one or two instances with or without C: 1 + 2 + 3 = 6 kinds of A; one or two of them: 6 + 21
    assert count(text) == 27
    # A needs a B, and each B a C: 2 kinds
    assert count(text + "constraints\n  C\n") == 2 + 3


def test_instances_have_numbers_and_words_of_their_own():
    text = (
        "features\n  R\n    mandatory\n      Integer Shelf cardinality [1..2] {values [30, 40]}\n"
        "        optional\n          String Colour {values ['red', 'blue']}\n"
    )
    model = parse_uvl(text)

    assert model.domain("Shelf#2") == (0, 30, 40)
    assert counting.count(model) == 6 + 21  # 2 widths, 3 colours or none
    assert count(text + "constraints\n  Shelf > 30 => Colour == 'red'\n") == 4 + 10
    assert count(text + "constraints\n  Shelf == 40\n") == 3 + 6


@st.composite
def trees_with_instances(draw: st.DrawFn) -> str:
    """A counted feature with a small tree below it, maybe another counted one in it, and a constraint or two."""
    kinds = st.sampled_from(["mandatory", "optional", "or", "alternative", "[0..1]", "[1..2]"])
    lines = ["features", "  R", f"    {draw(st.sampled_from(['mandatory', 'optional']))}"]
    low = draw(st.integers(0, 2))
    lines.append(f"      A cardinality [{low}..{draw(st.integers(max(low, 1), 2))}]")
    names = []
    for group in range(draw(st.integers(1, 2))):
        size = draw(st.integers(1, 2))
        lines.append(f"        {draw(kinds) if size > 1 else draw(st.sampled_from(['mandatory', 'optional']))}")
        for member in range(size):
            names.append(f"F{group}{member}")
            counted = " cardinality [1..2]" if draw(st.integers(0, 4)) == 0 else ""
            lines.append(f"          {names[-1]}{counted}")
    lines += ["    optional", "      D", "constraints", "  R"]
    name = st.sampled_from([*names, "A", "D"])
    for _ in range(draw(st.integers(0, 2))):
        lines.append(f"  {draw(name)} {draw(st.sampled_from(['=>', '|', '&', '<=>']))} {draw(name)}")
    return "\n".join(lines) + "\n"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(trees_with_instances())
def test_no_two_selections_differ_by_the_numbers_of_instances_alone(text):
    model = parse_uvl(text)
    if len(model.variables) > 13:
        return  # trying all selections would take minutes
    unordered = tuple(rule for rule in model.rules if "/order" not in rule.code)
    distinguishable = Model(model.name, model.variables, unordered, (), model.tree)

    alike = Counter(frozenset(shape(model, each, "R")) for each in selections(distinguishable))
    ordered = Counter(frozenset(shape(model, each, "R")) for each in selections(model))

    assert set(ordered) <= set(alike)
    assert max(ordered.values(), default=1) == 1
    # a constraint speaks of "no instance" by the first one; where any may be missing the first one is
    gapless = {each for each in alike if each in ordered}
    assert gapless == set(ordered)
    if not any(rule.code.startswith("C") and "#0" in rule.code for rule in unordered):
        assert set(alike) == set(ordered)


def shape(model: Model, selection: dict, name: str) -> frozenset:
    """What is selected below a feature, with instances as a multiset."""
    below = []
    for node in model.tree:
        if node.parent == name and selection[node.name]:
            below.append((node.name.split("#")[0], shape(model, selection, node.name)))
    return frozenset(Counter(below).items())


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("features\n  A cardinality [1..300]\n    optional\n" + "".join(f"      F{n}\n" for n in range(200)),
         "line 2, column 3: A has too many instances with too many features to be kept in order"),
        ("features\n  A cardinality [1..1000]\n    mandatory\n" + "".join(f"      F{n}\n" for n in range(200)),
         "line 2, column 3: with all instances there are 201,000 features, 100,000 are allowed"),
        ("features\n  A cardinality [1..200]\n    optional\n      B cardinality [1..200]\n        optional\n"
         "          C\nconstraints\n  B & C\n",
         "line 2, column 3: A has too many instances with too many features to be kept in order"),
        ('features\n  R\n    optional\n      A cardinality [1..2]\n      "A#1"\n', "two features are called A#1"),
    ],
)  # fmt: skip
def test_more_instances_than_can_be_kept_are_refused(text, finding):
    with pytest.raises(UvlError) as refused:
        parse_uvl(text)
    assert finding in str(refused.value).splitlines()
