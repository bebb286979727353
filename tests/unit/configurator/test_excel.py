"""Product packages in Excel workbooks: the same package comes back, and every mistake is named with its cell."""

import random
import re
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import chain
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from configurator.formats import (
    FeatureEntry,
    OptionEntry,
    PackageError,
    ProductHeader,
    ProductPackage,
    SectionEntry,
    parse_product_package,
    parse_product_workbook,
    read_model,
    read_product_package,
    read_product_workbook,
    write_product_workbook,
)
from configurator.formats.excel_cells import CELL_LIMIT
from configurator.formats.excel_layout import LAYOUTS
from tests.unit.configurator.workbooks import CITY, city_workbook, saved, with_part

AS_TEXT = "format the cell as text and write it again, with the leading zeros that a number has lost"
NO_HEAD = "the first row says nothing above this cell: every column has a head"
MORE_CELLS = f"more than {CELL_LIMIT:,} cells; larger packages are written in YAML"
VELO = Path(__file__).resolve().parents[3] / "fixtures" / "velo"


def refusal(content: bytes) -> str:
    with pytest.raises(PackageError) as refused:
        parse_product_workbook(content, "city.xlsx")
    return str(refused.value)


@pytest.mark.parametrize("name", ["city", "cargo", "trail"])
def test_a_package_comes_back_from_its_workbook(name):
    package = read_product_package(VELO / f"{name}.yaml")

    assert parse_product_workbook(write_product_workbook(package)) == package


def test_every_key_of_a_package_has_its_cell():
    package = parse_product_package(CITY)

    again = parse_product_workbook(write_product_workbook(package))

    assert again == package
    document = package.to_document()
    entries = [
        document.pop("product"),
        *chain.from_iterable(entry for entry in document.values() if entry != "linewright-product/1"),
    ]
    columns = {column.key for layout in LAYOUTS for column in layout.columns}
    assert set(chain.from_iterable(entries)) <= columns | {"options", "columns", "rows", "with", "choices"}


# Texts of every kind: XML's own signs, formulas, what looks like an escape, blanks and line breaks.
WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12).filter(
    lambda word: word not in ("\ufffe", "\uffff")
)
TEXTS = st.one_of(
    WORDS, st.sampled_from(["=1+1", "+1", "-1", "@x", "#N/A", "007", "1.0", "TRUE", "_x0041_", "a\n b\t", " x ", "<&>"])
)
PRICES = st.decimals(0, 9999, places=2)


@st.composite
def packages(draw: st.DrawFn) -> ProductPackage:
    def coded(least: int) -> list[str]:
        return draw(st.lists(WORDS, min_size=least, max_size=4, unique=True))

    def parts() -> tuple[str, ...]:
        return tuple(draw(st.lists(WORDS.filter(lambda word: "," not in word), max_size=3)))

    features = []
    for code in coded(1):
        if draw(st.booleans()):
            features.append(
                FeatureEntry(code, code, "S", draw(TEXTS), draw(st.booleans()), (), True, draw(PRICES), parts())
            )
        else:
            options = tuple(OptionEntry(each, each, draw(TEXTS), draw(PRICES), parts()) for each in coded(1))
            default = draw(st.sampled_from([None, *(option.code for option in options)]))
            features.append(FeatureEntry(code, code, "S", draw(TEXTS), default, options))
    header = ProductHeader("p", draw(WORDS), "ROOT", draw(TEXTS), "EUR", draw(PRICES))
    rootless = ProductPackage(header, (SectionEntry("S", "S"),), tuple(features))
    return ProductPackage.from_document(
        rootless.to_document() | {"items": [{"code": "ROOT", "name": "R", "made": True}]}
    )


@settings(max_examples=12, deadline=None)
@given(packages())
def test_any_texts_come_back_as_they_were(package):
    assert parse_product_workbook(write_product_workbook(package)) == package


def test_a_text_is_never_a_formula():
    package = parse_product_package(CITY.replace("A bicycle, for town", "=HYPERLINK(0)"))

    sheet = load_workbook(BytesIO(write_product_workbook(package)))["Product"]

    assert sheet["E2"].value == "=HYPERLINK(0)"
    assert sheet["E2"].data_type == "s"


def test_numbers_are_read_as_they_are_shown():
    content = city_workbook(Parameters_F2=150.0, Options_E2=-180, Options_E3=0.1 + 0.2, Product_G2="1890", Bill_C2=1.0)

    package = parse_product_workbook(content)

    assert package.parameters[0].minimum == 150
    assert [option.price for option in package.features[0].options] == [Decimal("-180.00"), Decimal("0.30")]
    assert package.product.base_price == Decimal("1890.00")
    assert package.lines[0].quantity == "1"


def test_yes_and_no_may_be_written_as_words():
    package = parse_product_workbook(city_workbook(Features_E3="Yes", Features_F3="no", Tables_C2="FALSE"))

    assert (package.features[1].flag, package.features[1].default) == (True, False)
    assert package.tables[0].allowed is False


def test_blanks_around_codes_and_empty_rows_do_not_count():
    content = city_workbook(Options_B2=" f400 ", Sections_A5="   ", T1_A2="f400 ")

    assert parse_product_workbook(content) == parse_product_package(CITY)


def test_a_formula_counts_as_its_stored_value():
    plain = city_workbook(Options_E3=25)
    computed = with_part(
        plain, "xl/worksheets/sheet4.xml", lambda text: text.replace(b"<v>25</v>", b"<f>5*5</f><v>25</v>")
    )

    assert parse_product_workbook(computed).features[0].options[1].price == Decimal("25.00")


def test_a_formula_that_was_never_calculated_is_refused():
    assert refusal(city_workbook(Options_E3="=5*5")) == (
        "city.xlsx, sheet Options, cell E3: this cell holds a formula without a stored value: save the workbook once "
        "in a spreadsheet program, or write the value"
    )


def test_columns_and_sheets_may_stand_in_any_order():
    workbook = load_workbook(BytesIO(city_workbook()))
    workbook.move_sheet("T1", -8)
    sheet = workbook["Features"]
    for row in sheet.iter_rows():
        for cell, value in zip(row, [cell.value for cell in reversed(row)]):
            cell.value = value

    assert parse_product_workbook(saved(workbook)) == parse_product_package(CITY)


def test_sheets_may_be_missing_where_they_would_be_empty():
    workbook = load_workbook(BytesIO(city_workbook()))
    for title in ("Rules", "Tables", "T1", "Examples"):
        del workbook[title]

    assert parse_product_workbook(saved(workbook)) == replace(
        parse_product_package(CITY), rules=(), tables=(), examples=()
    )


def test_tables_whose_codes_are_no_titles_get_sheets_all_the_same():
    package = parse_product_package(CITY)
    table = package.tables[0]
    codes = ["Rules", "RULES ", "a/b", "a:b", "x" * 40, "x" * 41, "'", "表"]
    many = replace(
        package,
        tables=tuple(
            replace(table, code=code.strip() + "!") if code == "RULES " else replace(table, code=code) for code in codes
        ),
    )

    content = write_product_workbook(many)

    titles = load_workbook(BytesIO(content)).sheetnames
    assert titles[-8:] == ["Rules 2", "RULES!", "a_b", "a_b 2", "x" * 31, "x" * 29 + " 2", "_", "表"]
    assert parse_product_workbook(content) == many


def test_the_ending_opens_the_reader(tmp_path):
    (tmp_path / "city.xlsx").write_bytes(city_workbook())

    assert read_product_workbook(tmp_path / "city.xlsx") == parse_product_package(CITY)
    assert read_model(tmp_path / "city.xlsx") == parse_product_package(CITY).to_model()


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        ("Options_B2", 7, ", cell B2: the number 7 stands here where text belongs: " + AS_TEXT),
        ("T1_A2", 400, ", cell A2: the number 400 stands here where text belongs: " + AS_TEXT),
        ("Features_F2", True, ", cell F2: true stands here where text belongs: " + AS_TEXT),
        ("Options_B2", date(2026, 2, 1), ", cell B2: this cell holds the date 2026-02-01 00:00:00: spreadsheet "
         "programs make dates of texts such as 1-2, so format the cell as text and write it again"),
        ("Parameters_F2", 150.5, ", cell F2: the number 150.5 stands here where a whole number belongs"),
        ("Parameters_F2", "150", ", cell F2: the text 150 stands here where a whole number belongs"),
        ("T1_C2", "150", ", cell C2: the text 150 stands here where a whole number belongs"),
        ("T1_C2", 149, ", cell C2: height has no value 149; did you mean 199?"),
        ("T1_B2", 1, ", cell B2: the number 1 stands here where true or false belongs"),
        ("T1_A3", None, ", cell A3: this cell is empty: a row says a value of battery"),
        ("T1_A2", "f4000", ", cell A2: battery has no value f4000; did you mean f400?"),
        ("T1_A1", "batery", ", cell A1: there is no feature batery; did you mean battery?"),
        ("T1_D2", "x", ", cell D2: " + NO_HEAD),
        ("Options_E2", "cheap", ', cell E2: price must be an amount such as "12.50", not cheap'),
        ("Options_E2", 12.345, ", cell E2: price 12.345 has more than two decimals"),
        ("Options_E2", 1e12, ", cell E2: price 1000000000000 is absurd: prices stay within 10,000,000 either way"),
        ("Options_A2", "batery", ", cell A2: there is no feature batery; did you mean battery?"),
        ("Options_A2", None, ", row 2: feature is missing"),
        ("Options_C2", None, ", row 2: name is missing"),
        ("Options_H2", "note", ", cell H2: " + NO_HEAD),
        ("Options_E1", "prise", ", cell E1: prise is no head here; did you mean price?"),
        ("Options_E1", "Euro", ", cell E1: Euro is no head here; known are feature, code, name, text, price, parts"),
        ("Options_E1", "code", ", cell E1: the head code is there twice"),
        ("Options_B1", None, ": the head code is missing in the first row"),
        ("Rules_B2", "hight < 158", ", cell B2, character 1: there is no feature hight; did you mean height?"),
        ("Rules_B2", "height <\n158 158",
         ", cell B2, line 2, character 5: 158 is not expected here; an operator such as "
         "and, or, implies is missing before it"),
        ("Bill_G2", "height * heigth", ", cell G2, character 10: there is no feature heigth; did you mean height?"),
        ("Bill_G1", "with tubes", ", row 2: FRAME needs the parameter tube: say it under with"),
        ("Bill_C2", 1.5, ", cell C2, character 1: 1.5 is not a whole number; numbers are whole: choose a smaller unit"),
        ("Examples_D2", "f4000", ", cell D2: battery has no value f4000; did you mean f400?"),
        ("Tables_D2", "T9", ", cell D2: there is no other sheet T9"),
        ("Tables_D2", None, ", row 2: sheet is missing"),
        ("Product_A2", "linewright-product/9",
         ", cell A2: format must be linewright-product/1, not linewright-product/9"),
        ("Product_B2", "a b", ", cell B2: code a b stands in addresses: up to 50 letters a to z, digits, hyphens "
         "and underscores"),
        ("Product_B3", "other", ": below the heads stands one row, the product"),
        ("Items_E3", "tube, tube", ", cell E3: a parameter stands here twice"),
    ],
)  # fmt: skip
def test_every_mistake_is_named_with_its_cell(place, value, says):
    first, *_ = refusal(city_workbook(**{place: value})).splitlines()

    assert first == f"city.xlsx, sheet {place.partition('_')[0]}{says}"


def test_all_mistakes_are_named_at_once_in_the_order_of_the_sheets():
    content = city_workbook(Options_B2=400, Options_E10=1, Options_E3="cheap", Features_C2=None, Sections_B2=None)

    lines = [line.removeprefix("city.xlsx, sheet ") for line in refusal(content).splitlines()]

    assert lines == [
        "Sections, row 2: name is missing",
        "Features, row 2: section is missing",
        "Options, cell B2: the number 400 stands here where text belongs: " + AS_TEXT,
        'Options, cell E3: price must be an amount such as "12.50", not cheap',
        "Options, row 10: feature is missing",
    ]


def test_what_follows_from_a_cell_that_cannot_be_read_is_not_named():
    assert refusal(city_workbook(Parameters_F2="?")).count("\n") == 0
    assert refusal(city_workbook(Tables_D2=None, Sections_A1="kode", Product_B1=None)).splitlines() == [
        "city.xlsx, sheet Product: the head code is missing in the first row",
        "city.xlsx, sheet Sections, cell A1: kode is no head here; did you mean code?",
        "city.xlsx, sheet Tables, row 2: sheet is missing",
        "city.xlsx, sheet T1: no sheet of a package is called so, and Tables does not name it",
    ]


def test_a_cell_shown_as_per_cent_is_refused():
    workbook = load_workbook(BytesIO(city_workbook()))
    workbook["Items"]["G4"].value = 0.025
    workbook["Items"]["G4"].number_format = "0.0%"

    assert refusal(saved(workbook)) == (
        "city.xlsx, sheet Items, cell G4: this cell holds a percentage, which is the number 0.025: write a plain number"
    )


def test_a_sheet_that_nobody_names_is_refused():
    workbook = load_workbook(BytesIO(city_workbook()))
    workbook.create_sheet("Option")["A1"].value = "x"

    assert refusal(saved(workbook)) == (
        "city.xlsx, sheet Option: no sheet of a package is called so, and Tables does not name it; "
        "did you mean Options?"
    )


def test_what_a_cell_cannot_hold_is_refused_when_it_is_written():
    package = parse_product_package(CITY)
    option = package.features[0].options[0]

    def with_option(changed: OptionEntry) -> ProductPackage:
        return replace(package, features=(replace(package.features[0], options=(changed,)),))

    with pytest.raises(PackageError, match=r"parts: 'a,b' cannot stand between commas in one cell"):
        write_product_workbook(with_option(replace(option, parts=("a,b",))))
    with pytest.raises(PackageError, match=r"'x\\uffff' contains a character that a workbook cannot hold"):
        write_product_workbook(with_option(replace(option, text="x\uffff")))
    with pytest.raises(PackageError, match="has 40,000 characters, a cell holds 32,767"):
        write_product_workbook(with_option(replace(option, text="x" * 40_000)))


def test_a_package_too_large_for_a_workbook_is_refused_when_it_is_written():
    package = parse_product_package(CITY)
    table = replace(package.tables[0], rows=package.tables[0].rows * 20_000)

    with pytest.raises(PackageError, match="a workbook holds at most 100,000 cells: write this package as YAML"):
        write_product_workbook(replace(package, tables=(table,)))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "this is not a readable .xlsx workbook: it is damaged, or something else"),
        (b"format: linewright-product/1", "this is not a readable .xlsx workbook: it is damaged, or something else"),
        (city_workbook()[:9000], "this is not a readable .xlsx workbook: it is damaged, or something else"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500,
         "this is an old .xls workbook or one with a password: save it as .xlsx without a password"),
        (b"\0" * 10_000_001, "the file has 10,000,001 bytes, 10,000,000 are allowed"),
        (saved(Workbook()), "no sheet of a package is called so, and Tables does not name it"),
    ],
)  # fmt: skip
def test_what_is_no_package_is_refused(content, says):
    assert says in refusal(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize(
    "entity", ['<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">', '<!ENTITY b SYSTEM "file:///etc/passwd">']
)
def test_entities_are_refused(part, entity, encoding):
    def declare(text: bytes) -> bytes:
        plain = re.sub(r"^<\?xml.*?\?>", "", text.decode())
        return f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [{entity}]>{plain}'.encode(encoding)

    hostile = with_part(city_workbook(), part, declare)

    assert refusal(hostile) == "city.xlsx: this is not a readable .xlsx workbook: it is damaged, or something else"


def test_the_same_parts_without_entities_are_read():
    again = with_part(city_workbook(), "xl/worksheets/sheet1.xml", lambda text: text.decode().encode("utf-16"))

    assert parse_product_workbook(again) == parse_product_package(CITY)


def test_damaged_workbooks_never_raise_anything_else():
    content = city_workbook()
    dice = random.Random(1)
    refused = 0
    for _ in range(60):
        damaged = bytearray(content)
        for _ in range(dice.randint(1, 20)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        try:
            parse_product_workbook(bytes(damaged))
        except PackageError:
            refused += 1

    assert refused > 30


def bomb() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"0" * 100_000_000)
    return buffer.getvalue()


def sheet_of(rows: int, columns: int) -> bytes:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Options")
    for _ in range(rows):
        sheet.append([1] * columns)
    return saved(workbook)


def last_cells() -> bytes:
    workbook = Workbook()
    workbook.active["XFD1048576"].value = 1
    workbook.create_sheet("Options")["XFD1"].value = 1
    return saved(workbook)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (bomb(), "city.xlsx: the workbook unpacks to 100,000,000 bytes, 30,000,000 are allowed"),
        (sheet_of(25_500, 4),
         "city.xlsx: 102,000 cells where 100,000 are allowed; larger packages are written in YAML"),
        (sheet_of(1, 600), "city.xlsx, sheet Options: row 1 has more than 500 columns"),
        (last_cells(), "city.xlsx, sheet Sheet: " + MORE_CELLS),
        (
            with_part(
                sheet_of(3, 3), "xl/worksheets/sheet1.xml", lambda text: text.replace(b'r="3"', b'r="999999999999"')
            ),
            "city.xlsx, sheet Options: " + MORE_CELLS,
        ),
    ],
    ids=["bomb", "cells", "columns", "last cell", "row number"],
)  # fmt: skip
def test_absurd_workbooks_are_refused_within_two_seconds(content, says):
    begin = process_time()
    first, *_ = refusal(content).splitlines()

    assert process_time() - begin < 2
    assert first == says
