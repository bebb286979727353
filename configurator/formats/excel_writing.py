"""A product package as an Excel workbook that reads back to the same package."""

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from configurator.formats.excel_cells import CELL_LIMIT, COLUMN_LIMIT, SHEET_LIMIT
from configurator.formats.excel_layout import FEATURES, LAYOUTS, OPTIONS, PRODUCT, TABLES, Column, Kind, Layout
from configurator.formats.findings import Finding, PackageError
from configurator.formats.product_package import ProductPackage

TEXT_LIMIT = 32_767
"""Characters in a cell; a spreadsheet cuts what is longer."""
TITLE_LIMIT = 31

_FORBIDDEN_IN_TITLES = re.compile(r"[\[\]:*?/\\\\']")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What a spreadsheet reads as an escaped character."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")

_TEXT_FORMAT = "@"
_NUMBERS = (Kind.WHOLE, Kind.AMOUNT, Kind.YES_NO, Kind.ANSWER)
_WIDTHS = {"text": 60, "name": 36, "rule": 60, "when": 36, "parts": 30, "parameters": 30}
_HEAD_FONT, _HEAD_FILL = Font(bold=True), PatternFill("solid", fgColor="E7E9EE")
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def write_product_workbook(package: ProductPackage) -> bytes:
    """The bytes of an .xlsx file; raises PackageError for what cells cannot hold."""
    return _Writing(package).content()


class _Writing:
    def __init__(self, package: ProductPackage) -> None:
        self.document = package.to_document()
        self.workbook = Workbook()
        del self.workbook[self.workbook.sheetnames[0]]
        self.cells = 0
        self.kinds = {feature.code: Kind.YES_NO if feature.flag else Kind.CODE for feature in package.features}
        self.kinds |= {parameter.code: Kind.WHOLE for parameter in package.parameters}

    def content(self) -> bytes:
        product = {"format": self.document["format"], **self.document["product"]}
        features = self.document.get(FEATURES.key, [])
        options = [{"feature": each["code"], **option} for each in features for option in each.get("options", [])]
        tables = self.document.get(TABLES.key, [])
        titles = _titles([table["code"] for table in tables])
        entries = {
            **self.document,
            PRODUCT.key: [product],
            OPTIONS.key: options,
            TABLES.key: [{**table, "sheet": title} for table, title in zip(tables, titles)],
        }
        for layout in LAYOUTS:
            self.write_entries(layout, entries.get(layout.key, []))
        for table, title in zip(tables, titles):
            heads = [Column(name, self.kinds[name]) for name in table["columns"]]
            self.write_sheet(title, heads, table["rows"])
        buffer = BytesIO()
        self.workbook.save(buffer)
        return buffer.getvalue()

    def write_entries(self, layout: Layout, entries: Sequence[Mapping[str, Any]]) -> None:
        columns = list(layout.columns)
        keys: list[tuple[str, ...]] = [(column.key,) for column in columns]
        if layout.further:
            for name in dict.fromkeys(name for entry in entries for name in entry.get(layout.further.key, ())):
                kind = layout.further.kind
                kind = self.kinds[name] if kind is Kind.ANSWER else kind
                columns.append(Column(f"{layout.further.word} {name}", kind))
                keys.append((layout.further.key, name))
        self.write_sheet(layout.title, columns, [[_value(entry, key) for key in keys] for entry in entries])

    def write_sheet(self, title: str, columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> None:
        self.cells += len(columns) * (len(rows) + 1)
        if self.cells > CELL_LIMIT:
            raise _refusal(f"a workbook holds at most {CELL_LIMIT:,} cells: write this package as YAML")
        if len(columns) > COLUMN_LIMIT or len(self.workbook.sheetnames) == SHEET_LIMIT:
            limits = f"{SHEET_LIMIT:,} sheets of {COLUMN_LIMIT:,} columns"
            raise _refusal(f"a workbook holds at most {limits}: write this package as YAML")
        sheet = self.workbook.create_sheet(title)
        sheet.freeze_panes = "A2"
        for place, column in enumerate(columns, 1):
            dimension = sheet.column_dimensions[get_column_letter(place)]
            dimension.width = _WIDTHS.get(column.key, max(14, len(column.key) + 3))
            if column.kind not in _NUMBERS:
                dimension.number_format = _TEXT_FORMAT  # what is typed below stays as it is typed
            head = sheet.cell(1, place)
            _set_text(head, column.key)
            head.font, head.fill = _HEAD_FONT, _HEAD_FILL
        for number, row in enumerate(rows, 2):
            for place, (column, value) in enumerate(zip(columns, row, strict=True), 1):
                if value not in (None, "", []):
                    _set(sheet.cell(number, place), column, value)


def _set(cell: Cell, column: Column, value: Any) -> None:
    """Write a value of the package document into a cell of this column."""
    if isinstance(value, list):
        _set_text(cell, _joined(column.key, value))
    elif column.kind is Kind.AMOUNT:
        cell.value = float(value)
        cell.number_format = "0.00"
    elif isinstance(value, str):
        _set_text(cell, value)
        if column.kind in (Kind.TEXT, Kind.FORMULA):
            cell.alignment = _WRAPPED
    else:
        cell.value = value


def _set_text(cell: Cell, text: str) -> None:
    """Make a cell hold exactly this text: `=1+1` and `#N/A` are words here."""
    if len(text) > TEXT_LIMIT:
        raise _refusal(f"{text[:50]}... has {len(text):,} characters, a cell holds {TEXT_LIMIT:,}")
    if _NOT_IN_XML.search(text):
        raise _refusal(f"{text[:50]!r} contains a character that a workbook cannot hold")
    cell.value = _ESCAPE_LIKE.sub("_x005F_", text)
    cell.data_type = "s"
    cell.number_format = _TEXT_FORMAT


def _value(entry: Mapping[str, Any], key: tuple[str, ...]) -> object:
    value: Any = entry
    for step in key:
        value = value.get(step) if value is not None else None
    return value


def _joined(key: str, words: Sequence[str]) -> str:
    for word in words:
        if "," in word or word != word.strip() or not word:
            raise _refusal(f"{key}: {word!r} cannot stand between commas in one cell")
    return ", ".join(words)


def _titles(codes: Sequence[str]) -> list[str]:
    """A title for the sheet of each table: its code, as far as a title can be that."""
    taken: set[str] = {layout.title.casefold() for layout in LAYOUTS} | {"history"}
    return [_title(code, taken) for code in codes]


def _title(code: str, taken: set[str]) -> str:
    plain = _FORBIDDEN_IN_TITLES.sub("_", code)[:TITLE_LIMIT].strip() or "table"
    title, number = plain, 2
    while title.casefold() in taken:
        ending = f" {number}"
        title, number = plain[: TITLE_LIMIT - len(ending)] + ending, number + 1
    taken.add(title.casefold())
    return title


def _refusal(text: str) -> PackageError:
    return PackageError([Finding("", 0, 0, text)])
