"""Reading and writing the line package, without a database."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.documents import DocumentError
from shopfloor.formats.line_package import (
    ControllerEntry,
    FormulaEntry,
    LinePackage,
    RecipeEntry,
    parse_line_package,
    read_line_package,
    write_line_package,
)

GOOD = """format: linewright-line/1
controllers:
  - code: PAINT
    profile: lw-compact
    channels: [BOOTH-1]
recipes:
  - code: coat
    name: Coat
    formula:
      - {name: film, value: "40 + 20 * coats", register: u16, minimum: 40, maximum: 120}
"""


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(DocumentError) as caught:
        parse_line_package(text)
    return [(fault.line, fault.reason) for fault in caught.value.faults]


def test_what_is_not_said_has_its_usual_value():
    package = parse_line_package(GOOD)

    assert package.controllers == (ControllerEntry("PAINT", "lw-compact", ("BOOTH-1",), "127.0.0.1", 502, 1),)
    assert package.recipes[0].formula[0].scale == 1


@pytest.mark.parametrize(
    ("good", "bad", "line", "reason"),
    [
        ("profile: lw-compact", "port: 99999", 4, "'port' must be a whole number from 1 to 65,535, not 99999."),
        ("register: u16", "register: u17", 10, "'u17' is no register type; known are u16"),
        ("minimum: 40", "minimum: 400", 10, "The minimum 400 is above the maximum 120."),
        ("minimum: 40", "minimum: much", 10, "'minimum' must be a number."),
        ("maximum: 120", "scale: 0", 10, "The scale must be above 0, it is 0."),
        ("linewright-line/1", "linewright-line/9", 1, "This reader knows the format linewright-line/1 only."),
        ("code: coat", "kode: coat", 7, "'kode' is no field of a recipe; did you mean 'code'?"),
        ("[BOOTH-1]", "BOOTH-1", 5, "'channels' must be a list."),
        ("[BOOTH-1]", "[BOOTH-1, BOOTH-1]", 3, "The station BOOTH-1 has two channels."),
        ("name: Coat", "name: [Coat]", 8, "'name' must be one word or sentence."),
        ("code: PAINT", "code: ''", 3, "'code' is empty."),
    ],
)
def test_each_fault_is_told_with_its_line(good, bad, line, reason):
    found = faults(GOOD.replace(good, bad))

    assert any(where == line and what.startswith(reason) for where, what in found), found


def test_all_faults_are_told_at_once_in_the_order_of_the_file():
    found = faults(GOOD.replace("register: u16", "register: u17").replace("code: PAINT", "code: ''"))

    assert [line for line, _ in found] == [3, 10]


@pytest.mark.parametrize("text", ["", "a: [b", "- 1\n- 2", "controllers: {a: b"])
def test_what_is_no_package_is_refused_in_one_sentence(text):
    assert faults(text)


def test_the_same_endpoint_twice_is_a_fault():
    second = "  - {code: OTHER, profile: lw-compact, channels: [BOOTH-2]}\nrecipes:"

    assert faults(GOOD.replace("recipes:", second)) == [(6, "Two controllers are at 127.0.0.1:502, unit 1.")]


def test_a_file_that_is_not_there_is_told_with_its_name(tmp_path):
    with pytest.raises(DocumentError, match=r"nowhere\.yaml:1: The file cannot be read"):
        read_line_package(tmp_path / "nowhere.yaml")


words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=20)
numbers = st.decimals(-1000, 1000, places=2, allow_nan=False, allow_infinity=False)


@st.composite
def formula_entries(draw: st.DrawFn, name: str) -> FormulaEntry:
    low, high = sorted((draw(numbers), draw(numbers)))
    return FormulaEntry(
        name=name,
        value=draw(words),
        unit=draw(st.sampled_from(["", "um", "N m"])),
        register=draw(st.sampled_from(["u16", "i16", "u32", "i32", "f32", "text:16"])),
        minimum=draw(st.sampled_from([None, low])),
        maximum=draw(st.sampled_from([None, high])),
        scale=draw(st.decimals(Decimal("0.01"), 1000, places=2)),
    )


@st.composite
def packages(draw: st.DrawFn) -> LinePackage:
    codes = draw(st.lists(words, unique=True, max_size=4))
    stations = iter(draw(st.lists(words, unique=True, min_size=8, max_size=8)))
    names = draw(st.lists(words, unique=True, max_size=3))
    return LinePackage(
        controllers=tuple(
            ControllerEntry(code, draw(words), (next(stations), next(stations)), "10.0.0.1", 5000 + place)
            for place, code in enumerate(codes)
        ),
        recipes=tuple(
            RecipeEntry(code, draw(words), tuple(draw(formula_entries(name)) for name in names), tuple(names))
            for code in codes
        ),
    )


@given(packages())
def test_what_was_written_is_read_again(package):
    assert parse_line_package(write_line_package(package)) == package
