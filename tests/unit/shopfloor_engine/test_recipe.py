"""A formula's values become registers, or are refused before anything is sent."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.engine.codec import Encoding, WordOrder
from shopfloor.engine.errors import RecipeTooLong, ValueRefused
from shopfloor.engine.recipe import DURATION_FIELD, Recipe, decode_formula, encode_formula, run_seconds
from tests.unit.shopfloor_engine.in_memory_line import field_of, job

FORMULA = [
    DURATION_FIELD,
    field_of("i16", "offset", scale=Fraction(10), minimum=Fraction(-50), maximum=Fraction(50)),
    field_of("f32", "temperature"),
    field_of("text:8", "colour"),
]


@given(
    st.integers(0, 2**32 - 1),
    st.integers(-500, 500),
    st.floats(width=32, allow_nan=False, allow_infinity=False),
    st.sampled_from(WordOrder),
)
def test_a_recipe_gives_its_values_back(seconds, tenths, temperature, order):
    values = {
        "duration_seconds": seconds,
        "offset": Fraction(tenths, 10),
        "temperature": temperature,
        "colour": "RAL 5010",
    }

    words = encode_formula(FORMULA, values, Encoding(order), 100)

    assert decode_formula(FORMULA, words, Encoding(order)) == values
    assert run_seconds(words, Encoding(order)) == seconds


@pytest.mark.parametrize(
    ("value", "reason"),
    [(51, "above the limit of 50"), (-51, "below the limit of -50"), (Fraction(1, 100), "between two steps")],
)
def test_a_value_outside_its_limits_is_refused_by_name(value, reason):
    with pytest.raises(ValueRefused, match=rf"^offset = .*{reason}"):
        encode_formula([FORMULA[1]], {"offset": value}, Encoding(), 100)


def test_a_missing_value_is_refused_by_name():
    with pytest.raises(ValueRefused, match="offset = None is missing"):
        encode_formula([FORMULA[1]], {}, Encoding(), 100)


@pytest.mark.parametrize("registers", [0, 501])
def test_a_recipe_that_does_not_fit_is_refused(registers):
    formula = [field_of("u16", f"value_{index}") for index in range(registers)]

    with pytest.raises(RecipeTooLong, match=f"{registers} registers"):
        encode_formula(formula, {field.name: 1 for field in formula}, Encoding(), 500)


def test_the_span_of_a_field_is_what_register_and_limits_leave():
    assert field_of("u16", scale=Fraction(10), minimum=Fraction(5)).span() == (5, Fraction(65535, 10))
    assert field_of("f32").span() is None


def test_the_checksum_differs_for_another_job_with_the_same_words():
    assert Recipe(job(1), (1, 2), 1).crc != Recipe(job(2), (1, 2), 1).crc
