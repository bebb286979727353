"""Large and strange models are encoded in little room, or refused by name."""

import time
from itertools import pairwise

import numpy as np
import pytest

from configurator.engine import (
    BadRule,
    Binary,
    Call,
    Expression,
    FeatureNode,
    Literal,
    Model,
    ModelTooLarge,
    Name,
    Negation,
    Rule,
    RuleRef,
    Table,
    UnknownFeature,
    UnknownValue,
    Value,
    Variable,
)
from configurator.engine.errors import ExpressionTooLarge
from configurator.engine.network.encode import encode

BOOLEAN: tuple[Value, ...] = (False, True)
SECONDS = 2
"""Of processor time, so that other work on the machine does not count."""


def group(kind: str, size: int, cardinality: tuple[int, int] = (0, 0)) -> Model:
    nodes = [FeatureNode("root")]
    nodes += [FeatureNode(f"option{number}", "root", False, kind, 1, cardinality) for number in range(size)]
    return Model("group", tuple(Variable(node.name, BOOLEAN) for node in nodes), (), (), tuple(nodes))


def ruled(*rules: Expression, **domains: tuple[Value, ...]) -> Model:
    numbered = tuple(Rule(f"R{number}", rule) for number, rule in enumerate(rules, 1))
    return Model("ruled", tuple(Variable(name, domain) for name, domain in domains.items()), numbered)


def table(rows: np.ndarray, size: int, allowed: bool = True) -> Model:
    columns = tuple(f"column{number}" for number in range(rows.shape[1]))
    variables = tuple(Variable(name, tuple(range(size))) for name in columns)
    return Model("table", variables, (), (Table("T1", columns, tuple(map(tuple, rows.tolist())), "", allowed),))


@pytest.fixture
def quickly():
    begin = time.process_time()
    yield
    assert time.process_time() - begin < SECONDS


@pytest.mark.usefixtures("quickly")
def test_ten_thousand_alternatives_are_one_variable_and_three_clauses():
    network = encode(group("alternative", 10_000)).network

    assert np.diff(network.literal_start).tolist() == [2, 10_001]
    assert len(network.clauses) == 3  # the root is there; some member with it; no member without it
    assert not network.tables


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize("cardinality", [(2, 4), (9_990, 10_000), (9_990, 9_999), (3, 10_000)])
def test_a_count_over_ten_thousand_members_takes_room_by_members_times_bound(cardinality):
    network = encode(group("cardinality", 10_000, cardinality)).network

    assert sum(len(step.rows) for step in network.tables) < 10_000 * 2 * 14


@pytest.mark.usefixtures("quickly")
def test_a_count_that_needs_too_many_states_is_refused_by_the_name_of_its_group():
    with pytest.raises(ModelTooLarge, match="rule root/cardinality/1: steps over its members"):
        encode(group("cardinality", 10_000, (0, 5_000)))


@pytest.mark.parametrize("cardinality", [(5, 2), (0, -1), (4, 9)])
def test_a_group_that_cannot_be_satisfied_excludes_its_parent(cardinality):
    encoding = encode(group("cardinality", 3, cardinality))

    root = encoding.slots[encoding.slot("root", True)].code
    assert (root ^ 1,) in encoding.network.clauses


@pytest.mark.parametrize(("columns", "size"), [(3, 100), (6, 20)])
def test_a_million_rows_are_read_in_two_seconds(columns, size):
    model = table(np.random.default_rng(1).integers(0, size, (1_000_000, columns)), size)
    begin = time.process_time()

    network = encode(model).network

    assert time.process_time() - begin < SECONDS
    different = set(model.tables[0].rows)
    assert len(network.tables[0].rows) == len(different)


def test_a_long_forbidding_table_is_written_as_what_it_allows():
    rows = np.argwhere(np.add.outer(np.arange(300), np.arange(300)) % 3 != 0)

    network = encode(table(rows, 300, allowed=False)).network

    assert np.diff(network.literal_start).tolist() == [3, 3]  # the table tells three kinds of value apart
    assert len(network.tables[0].rows) == 3
    assert not network.clauses


def test_a_short_forbidding_table_is_one_clause_a_row():
    network = encode(table(np.array([[1, 2, 3], [3, 2, 1]]), 9, allowed=False)).network

    assert sorted(map(len, network.clauses)) == [3, 3]
    assert not network.tables


def test_a_forbidding_table_without_order_or_end_is_refused_by_name():
    rows = np.random.default_rng(1).integers(0, 20, (300_000, 7))

    with pytest.raises(ModelTooLarge, match="rows of forbidding table T1"):
        encode(table(rows, 20, allowed=False))


def test_a_table_without_rows_and_one_that_forbids_everything_contradict_the_model():
    for allowed, rows in ((True, np.empty((0, 1), dtype=int)), (False, np.array([[0], [1]]))):
        encoding = encode(table(rows, 2, allowed))

        assert list(encoding.network.clauses) == [()]
        assert encoding.origins[encoding.network.clause_origin[0]] == RuleRef("T1", "")


def above(name: str, number: int) -> Expression:
    return Binary(">", Name(name), Literal(number))


@pytest.mark.usefixtures("quickly")
def test_a_hundred_thousand_values_become_as_many_classes_as_rules_tell_apart():
    rules = [Binary("implies", above("load", limit * 400), Name("bell")) for limit in range(200)]

    encoding = encode(ruled(*rules, load=tuple(range(100_000)), bell=BOOLEAN))

    assert len(encoding.slots_of["load"]) == 201
    assert sum(len(slot.values) for slot in encoding.slots if slot.name == "load") == 100_000


@pytest.mark.usefixtures("quickly")
def test_a_price_limit_over_hundreds_of_options_is_a_chain_or_refused_by_name():
    names = [f"option{number}" for number in range(300)]

    def total(price) -> Binary:
        terms = [Call("if", (Name(name), Literal(price(number)), Literal(0))) for number, name in enumerate(names)]
        found: Expression = terms[0]
        for term in terms[1:]:
            found = Binary("+", found, term)
        return Binary("<=", found, Literal(1_000))

    coarse = ruled(total(lambda number: 5 * (number % 7)), **dict.fromkeys(names, BOOLEAN))
    assert max(np.diff(encode(coarse).network.literal_start)) < 300

    fine = ruled(total(lambda number: 100 + number * number % 9_973), **dict.fromkeys(names, BOOLEAN))
    assert max(np.diff(encode(fine).network.literal_start)) < 1_100

    steep = total(lambda number: 7 ** (number % 11) + number)
    with pytest.raises(ModelTooLarge, match="rule R1: sums of option0, option1, option2"):
        encode(ruled(Binary("<=", steep.left, Literal(10**9)), **dict.fromkeys(names, BOOLEAN)))


def test_a_term_over_several_features_is_read_through_a_variable_of_its_own():
    names = [f"option{number}" for number in range(40)]
    both = [Call("if", (Binary("and", Name(a), Name(b)), Literal(5), Literal(0))) for a, b in pairwise(names)]
    total: Expression = both[0]
    for term in both[1:]:
        total = Binary("+", total, term)

    network = encode(ruled(Binary("<=", total, Literal(20)), **dict.fromkeys(names, BOOLEAN))).network

    assert network.variables < 40 + 39 + 39
    assert max(np.diff(network.literal_start)) <= 6


def test_two_hundred_levels_are_refused_and_a_long_chain_is_not():
    nested: Expression = Name("bell")
    for level in range(200):
        nested = Binary("and" if level % 2 else "or", Name("lamp"), nested)
    with pytest.raises(ExpressionTooLarge):
        encode(ruled(nested, bell=BOOLEAN, lamp=BOOLEAN))

    chain: Expression = Name("bell")
    for _ in range(5_000):
        chain = Binary("or", chain, Negation(Name("lamp")))
    assert len(encode(ruled(chain, bell=BOOLEAN, lamp=BOOLEAN)).network.clauses) == 1


def test_rules_that_are_always_true_leave_no_trace_and_those_never_true_an_empty_clause():
    encoding = encode(ruled(Literal(True), Binary("=", Literal(1), Literal(2)), bell=BOOLEAN))

    assert list(encoding.network.clauses) == [()]
    assert [encoding.origins[origin].code for origin in encoding.network.clause_origin] == ["R2"]


def test_features_of_one_value_are_variables_of_one_literal():
    rule = Binary("implies", Name("always"), Binary("and", Name("bell"), above("wheels", 1)))

    encoding = encode(ruled(rule, always=(True,), wheels=(2,), bell=BOOLEAN))

    assert np.diff(encoding.network.literal_start).tolist() == [1, 1, 2]
    assert list(encoding.network.clauses) == [(encoding.slots[encoding.slot("bell", True)].code,)]


def test_an_alternative_group_names_the_group_that_its_variable_stands_for():
    encoding = encode(group("alternative", 3))

    assert {encoding.origins[origin].code for origin in encoding.variable_origin.values()} == {"root/alternative/1"}


def test_names_and_numbers_that_do_not_exist_are_refused():
    with pytest.raises(UnknownFeature, match="did you mean bell"):
        encode(ruled(Name("bel"), bell=BOOLEAN))
    with pytest.raises(BadRule, match="a number is larger than"):
        encode(ruled(above("load", 10**13), load=(1, 2)))
    with pytest.raises(BadRule, match="R1: it has no value for load = 2: division by zero"):
        encode(
            ruled(Binary("=", Binary("//", Literal(1), Binary("-", Name("load"), Literal(2))), Literal(0)), load=(1, 2))
        )
    with pytest.raises(BadRule, match="does not work on"):
        encode(ruled(Binary("and", Name("bell"), Literal(5)), bell=BOOLEAN))
    with pytest.raises(ModelTooLarge, match="rule R1: combinations of a, b, c"):
        wide = tuple(range(1_000))
        encode(
            ruled(
                Binary("<", Binary("*", Binary("*", Name("a"), Name("b")), Name("c")), Literal(5)),
                a=wide,
                b=wide,
                c=wide,
            )
        )
    encoding = encode(ruled(bell=BOOLEAN))
    with pytest.raises(UnknownValue):
        encoding.slot("bell", 1)
    with pytest.raises(UnknownFeature):
        encoding.slot("bel", True)
