"""The cells of an .xlsx workbook as plain values, read so that a hostile file costs neither memory nor time.

Sizes are checked before anything is unpacked; the XML is read by way of defusedxml, which openpyxl uses where it is
installed and which refuses entities. A formula counts as the value it had when the workbook was last saved.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from io import BytesIO
from math import isfinite
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from configurator.formats.findings import Finding, PackageError

SIZE_LIMIT = 10_000_000
UNPACKED_LIMIT = 30_000_000
"""Bytes of all parts of a workbook together; its cells take about 50 each."""
CELL_LIMIT = 100_000
SHEET_LIMIT = 300
COLUMN_LIMIT = 500

_OLD_FORMAT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of the time before .xlsx begin, and files under a password."""

_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")

_ESCAPES = {"_x000D_": "", "_x005F_": "_"}
"""The carriage return of a Windows line end, and the underscore of a text that only looks like an escape."""
_UNESCAPED = re.compile("|".join(_ESCAPES))

_DAMAGE = (
    # an archive that is cut off, lies about its parts, or is encrypted
    *(BadZipFile, struct.error, zlib.error, OSError, EOFError, RuntimeError),
    # parts that are not XML, or XML of another kind
    *(ParseError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError),
)
"""What openpyxl and zipfile raise over damaged workbooks; they have no error of their own for it."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell whose content is refused, and why."""

    reason: str


Cell = str | int | Decimal | bool | Unreadable | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a sheet that are not empty, each with its number."""

    title: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


def cell_name(row: int, column: int) -> str:
    """C7 for row 7, column 3."""
    return f"{get_column_letter(column)}{row}"


def read_sheets(content: bytes, source: str) -> list[Sheet]:
    """All sheets of a workbook; raises PackageError when it is not one, is damaged or too large."""

    def refusal(text: str) -> PackageError:
        return PackageError([Finding(source, 0, 0, text)])

    if len(content) > SIZE_LIMIT:
        raise refusal(f"the file has {len(content):,} bytes, {SIZE_LIMIT:,} are allowed")
    if content.startswith(_OLD_FORMAT):
        raise refusal("this is an old .xls workbook or one with a password: save it as .xlsx without a password")
    try:
        _check_parts(content, refusal)
        return list(_sheets(content, source))
    except PackageError:
        raise
    except _DAMAGE:
        raise refusal("this is not a readable .xlsx workbook: it is damaged, or something else") from None


def _check_parts(content: bytes, refusal: Callable[[str], PackageError]) -> None:
    """Refuse what would cost much to read, as long as it costs little to see."""
    cells = 0
    with ZipFile(BytesIO(content)) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > UNPACKED_LIMIT:
            raise refusal(f"the workbook unpacks to {unpacked:,} bytes, {UNPACKED_LIMIT:,} are allowed")
        for part in archive.infolist():
            if part.filename.casefold().endswith(".xml"):
                cells += sum(1 for _ in _CELL.finditer(archive.read(part)))
    if cells > CELL_LIMIT:
        raise refusal(f"{cells:,} cells where {CELL_LIMIT:,} are allowed; larger packages are written in YAML")


def _sheets(content: bytes, source: str) -> Iterator[Sheet]:
    formulas = _Cells(content, source, values_of_formulas=False)
    contents = dict(formulas.sheets())
    values = dict(_Cells(content, source, values_of_formulas=True).sheets()) if formulas.has_formulas else {}
    for title, rows in contents.items():
        if title in values:
            rows = {number: _with_values(row, values[title][number]) for number, row in rows.items()}
        yield Sheet(
            title, tuple((number, row) for number, row in rows.items() if any(cell is not None for cell in row))
        )


_FORMULA = Unreadable(
    "a formula without a stored value: save the workbook once in a spreadsheet program, or write the value"
)


def _with_values(written: tuple[Cell, ...], values: tuple[Cell, ...]) -> tuple[Cell, ...]:
    return tuple(
        value if cell is _FORMULA and value is not None else cell for cell, value in zip(written, values, strict=True)
    )


class _Cells:
    """One way through a workbook, on which every formula is either marked as one or stands for its stored value."""

    def __init__(self, content: bytes, source: str, *, values_of_formulas: bool) -> None:
        self.workbook: Workbook = load_workbook(
            BytesIO(content), read_only=True, data_only=values_of_formulas, keep_links=False
        )
        self.source = source
        self.count = 0
        self.has_formulas = False

    def sheets(self) -> Iterator[tuple[str, dict[int, tuple[Cell, ...]]]]:
        if len(self.workbook.worksheets) > SHEET_LIMIT:
            raise self.refusal("", f"more than {SHEET_LIMIT:,} sheets")
        for sheet in self.workbook.worksheets:
            sheet.reset_dimensions()  # what a workbook says of its own size may be wrong
            rows = {}
            for number, row in enumerate(sheet.iter_rows(), 1):
                self.count += max(1, len(row))
                if self.count > CELL_LIMIT:
                    raise self.refusal(
                        f", sheet {sheet.title}", f"more than {CELL_LIMIT:,} cells; larger packages are written in YAML"
                    )
                cells = tuple(self.content(cell) for cell in row)
                if any(cell is not None for cell in cells[COLUMN_LIMIT:]):
                    raise self.refusal(f", sheet {sheet.title}", f"row {number} has more than {COLUMN_LIMIT:,} columns")
                if cells:
                    rows[number] = cells
            yield sheet.title, rows
        self.workbook.close()

    def refusal(self, place: str, text: str) -> PackageError:
        return PackageError([Finding(self.source + place, 0, 0, text)])

    def content(self, cell: object) -> Cell:
        """What a cell holds; blanks alone are nothing."""
        value, kind = cell.value, cell.data_type  # type: ignore[attr-defined]
        if kind == "f":
            self.has_formulas = True
            return _FORMULA
        if value is None or isinstance(value, bool):
            return value
        if kind == "e":
            return Unreadable(f"the error {value}")
        if isinstance(value, str):
            return _UNESCAPED.sub(lambda match: _ESCAPES[match[0]], value) if value.strip() else None
        if isinstance(value, date | time | timedelta):
            return Unreadable(
                f"the date {value}: spreadsheet programs make dates of texts such as 1-2, "
                "so format the cell as text and write it again"
            )
        if "%" in cell.number_format:  # type: ignore[attr-defined]
            return Unreadable(f"a percentage, which is the number {value}: write a plain number")
        return _number(value)


def _number(value: int | float) -> Cell:
    """The number as a spreadsheet shows it, to 15 digits; 28.0 is 28."""
    if not isfinite(value):
        return Unreadable("a number that is too large")
    number = Decimal(format(value, ".15g")) if isinstance(value, float) else Decimal(value)
    return int(number) if number == number.to_integral_value() else number
