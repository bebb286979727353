"""A table is held against its features before anything is compiled, however many rows it has."""

from time import perf_counter

import pytest

from configurator.engine import BadRule, Model, Table, UnknownValue, Variable

WHEEL, BELL = Variable("wheel", tuple(range(16, 30))), Variable("bell", (False, True))


def with_rows(*rows: tuple) -> Model:
    return Model("bike", (WHEEL, BELL), (), (Table("T1", ("wheel", "bell"), rows),))


def test_a_value_that_the_feature_does_not_have_is_named():
    with pytest.raises(UnknownValue, match="wheel has no value 30"):
        with_rows((28, True), (30, True))


def test_one_is_not_true():
    with pytest.raises(UnknownValue, match="bell has no value 1"):
        with_rows((28, True), (28, 1))


def test_a_cell_that_is_a_list_is_a_value_that_does_not_exist():
    with pytest.raises(UnknownValue, match=r"wheel has no value \[28\]"):
        with_rows(([28], True))


def test_a_row_that_is_too_short_is_named():
    with pytest.raises(BadRule, match="rule T1: a row has 1 values for 2 columns"):
        with_rows((28, True), (28,))


def test_a_table_without_rows_is_allowed():
    assert with_rows().tables[0].rows == ()


def test_a_million_rows_are_checked_within_two_seconds():
    rows = tuple((16 + number % 14, number % 3 == 0) for number in range(1_000_000))

    begin = perf_counter()
    with_rows(*rows)

    assert perf_counter() - begin < 2
