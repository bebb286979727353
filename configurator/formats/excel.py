"""A product package from an Excel workbook: what a product manager keeps in sheets, checked like every other package.

docs/reference/formats.md says what lies where; every mistake is named with its sheet and cell.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from configurator.engine.errors import suggestion
from configurator.formats.document_reader import DocumentReader, Mark, Path
from configurator.formats.excel_cells import SIZE_LIMIT, Cell, Sheet, Unreadable, cell_name, read_sheets
from configurator.formats.excel_layout import (
    FEATURES,
    LAYOUTS,
    OPTIONS,
    PARAMETERS,
    PRODUCT,
    TABLES,
    Kind,
    Layout,
)
from configurator.formats.file_content import read_bytes
from configurator.formats.findings import FINDING_LIMIT, Finding, PackageError
from configurator.formats.package_document import package_from_document
from configurator.formats.product_package import PACKAGE_FORMAT, ProductPackage

_YES_NO = {"true": True, "yes": True, "false": False, "no": False}
_AS_TEXT = ": format the cell as text and write it again, with the leading zeros that a number has lost"


def read_product_workbook(path: FilePath | str) -> ProductPackage:
    """The package in an .xlsx file; raises PackageError that names every mistake with its sheet and cell."""
    path = FilePath(path)
    return parse_product_workbook(read_bytes(path, SIZE_LIMIT, PackageError), path.name)


def parse_product_workbook(content: bytes, source: str = "") -> ProductPackage:
    """The package in the bytes of an .xlsx file; raises PackageError."""
    sheets = read_sheets(content, source)
    reader = _CellReader(source=source, titles=[sheet.title for sheet in sheets])
    reading = _Reading(reader, sheets)
    document = reading.document()
    if not reading.complete:
        raise PackageError(reader.in_order())
    reader.cells_read = True
    try:
        return package_from_document(document, reader)
    except PackageError:
        raise PackageError(reader.in_order()) from None


@dataclass
class _CellReader(DocumentReader):
    """Says of every mistake in which sheet and cell it stands; a mark's file is the sheet, its line the row.

    A mark of column 0 means the row, one of line 0 the sheet.
    """

    marks: dict[Path, Mark] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    cells_read: bool = False
    places: list[tuple[int, int, int]] = field(default_factory=list)
    blamed: set[tuple[str, int]] = field(default_factory=set)
    """Rows with a cell that could not be read: what else seems wrong with them follows from it."""

    def fail(self, path: Path, text: str, at: tuple[int, int] = (0, 0)) -> None:
        mark = next(
            (self.marks[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.marks),
            Mark(PRODUCT.title, 0, 0),
        )
        if len(path) == 5 and path[2] == "rows":  # a cell of a table, below the feature that heads its column
            mark = replace(mark, column=self.marks[(*path[:2], "columns", path[4])].column)
        within = (f", line {at[0]}" if at[0] > 1 else "") + (f", character {at[1]}" if at[1] else "")
        self.note(mark, text, within)

    def note(self, mark: Mark, text: str, within: str = "") -> None:
        """Add a finding, unless it follows from one about the same row."""
        if not self.cells_read:
            self.blamed.add((mark.file, mark.line))
        elif (mark.file, mark.line) in self.blamed:
            return
        if len(self.findings) < FINDING_LIMIT:
            place = ", ".join(filter(None, (self.source, f"sheet {mark.file}", _place(mark.line, mark.column))))
            self.findings.append(Finding(place + within, 0, 0, text))
            sheet = self.titles.index(mark.file) if mark.file in self.titles else len(self.titles)
            self.places.append((sheet, mark.line, mark.column))

    def in_order(self) -> list[Finding]:
        """The findings sheet by sheet, row by row."""
        return [finding for _, finding in sorted(zip(self.places, self.findings), key=lambda each: each[0])]


def _place(row: int, column: int) -> str:
    if column:
        return f"cell {cell_name(row, column)}"
    return f"row {row}" if row else ""


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the cells below a head go to in an entry, and what they hold."""

    key: tuple[str, ...]
    kind: Kind


class _Reading:
    """From sheets to a package document, with a mark for everything in it."""

    def __init__(self, reader: _CellReader, sheets: list[Sheet]) -> None:
        self.reader, self.marks = reader, reader.marks
        self.sheets = {sheet.title.strip().casefold(): sheet for sheet in sheets}
        self.complete = True
        self.kinds: dict[str, Kind] = {}
        """What the values of each feature and parameter are."""

    def document(self) -> dict[str, Any]:
        parts: dict[str, list[dict[str, Any]]] = {}
        for layout in LAYOUTS:
            sheet = self.sheets.pop(layout.title.casefold(), Sheet(layout.title, ()))
            parts[layout.key] = entries = self.entries(layout, sheet)
            if layout is FEATURES:
                self.kinds |= {entry.get("code", ""): _kind_of_answers(entry) for entry in entries}
            elif layout is PARAMETERS:
                self.kinds |= {entry.get("code", ""): Kind.WHOLE for entry in entries}
        self.nest_options(parts[FEATURES.key], parts.pop(OPTIONS.key))
        for index, table in enumerate(parts[TABLES.key]):
            self.read_table(("tables", index), table)
        for sheet in self.sheets.values():
            text = f"no sheet of a package is called so, and {TABLES.title} does not name it"
            self.refuse(sheet.title, text + _hint(sheet.title, [each.title for each in LAYOUTS]))
        products = parts.pop(PRODUCT.key)
        if len(products) != 1 and self.complete:
            self.refuse(PRODUCT.title, "below the heads stands one row, the product")
        product = products[0] if products else {}
        self.marks[("format",)] = self.marks.get((PRODUCT.key, "format"), Mark(PRODUCT.title, 0, 0))
        return {"format": product.pop("format", PACKAGE_FORMAT), "product": product, **parts}

    def refuse(self, title: str, text: str) -> None:
        """Note that a sheet cannot be read as a whole."""
        self.complete = False
        self.reader.note(Mark(title, 0, 0), text)

    def entries(self, layout: Layout, sheet: Sheet) -> list[dict[str, Any]]:
        """The rows of a sheet below its heads."""
        heads = self.heads(layout, sheet)
        found: list[dict[str, Any]] = []
        for row, cells in sheet.rows[1:] if heads else ():
            path: Path = (layout.key,) if layout is PRODUCT else (layout.key, len(found))
            self.marks[path] = Mark(sheet.title, row, 0)
            entry: dict[str, Any] = {}
            for place, head in heads.items():
                if place < len(cells) and cells[place] is not None:
                    mark = self.marks[(*path, *head.key)] = Mark(sheet.title, row, place + 1)
                    # Only a feature's own default depends on its row: a flag's is true or false.
                    kind = _kind_of_answers(entry) if head.key == ("default",) and layout is FEATURES else head.kind
                    value = self.value(cells[place], mark, kind)
                    inner = entry.setdefault(head.key[0], {}) if len(head.key) > 1 else entry
                    inner[head.key[-1]] = value
            self.refuse_headless(sheet.title, row, cells, heads)
            found.append(entry)
        return found

    def heads(self, layout: Layout, sheet: Sheet) -> dict[int, _Head]:
        """What stands below each head, by its place from 0, in the order of the layout; empty when a head is wrong."""
        found: dict[int, _Head] = {}
        before = len(self.reader.findings)
        for place, cell in enumerate(sheet.rows[0][1] if sheet.rows else ()):
            mark = Mark(sheet.title, sheet.rows[0][0], place + 1)
            head = None if cell is None else self.head(layout, cell, mark)
            if head in found.values():
                self.reader.note(mark, f"the head {cell} is there twice")
            if head is not None:
                found[place] = head
        present = {head.key[0] for head in found.values()}
        missing = [column.key for column in layout.columns if column.needed and column.key not in present]
        if len(self.reader.findings) > before:
            self.complete = False
        elif missing and (len(sheet.rows) > 1 or layout is PRODUCT):
            self.refuse(layout.title, f"the head {missing[0]} is missing in the first row")
        else:
            order = [column.key for column in layout.columns]
            order += [layout.further.key] if layout.further else []
            return dict(sorted(found.items(), key=lambda each: order.index(each[1].key[0])))
        return {}

    def head(self, layout: Layout, cell: Cell, mark: Mark) -> _Head | None:
        """What a head says; a finding and None when it is none of this sheet's."""
        written = cell.strip() if isinstance(cell, str) else _shown(cell)
        columns = {column.key: column for column in layout.columns}
        column = columns.get(written.casefold())
        if column is not None:
            return _Head((column.key,), column.kind)
        further, (word, _, name) = layout.further, written.partition(" ")
        if further and word.casefold() == further.word and name.strip():
            kind = self.kinds.get(name.strip(), further.kind) if further.kind is Kind.ANSWER else further.kind
            return _Head((further.key, name.strip()), kind)
        known = [*columns, *([f"{further.word} and a name"] if further else [])]
        self.reader.note(
            mark, f"{written} is no head here{_hint(written, columns) or '; known are ' + ', '.join(known)}"
        )
        return None

    def refuse_headless(self, title: str, row: int, cells: Collection[Cell], heads: Collection[int]) -> None:
        for place, cell in enumerate(cells):
            if cell is not None and place not in heads:
                text = "the first row says nothing above this cell: every column has a head"
                self.reader.note(Mark(title, row, place + 1), text)

    def value(self, cell: Cell, mark: Mark, kind: Kind) -> object:
        """What the cell says; a finding and something harmless when that is not what belongs there."""
        if isinstance(cell, Unreadable):
            self.reader.note(mark, f"this cell holds {cell.reason}")
            return ""
        match kind:
            case Kind.CODE | Kind.TEXT | Kind.WORDS if not isinstance(cell, str):
                self.reader.note(mark, f"{_shown(cell)} stands here where text belongs{_AS_TEXT}")
                return ""
            case Kind.YES_NO if not isinstance(cell, bool):
                word = str(cell).strip().casefold()
                if word not in _YES_NO:
                    self.reader.note(mark, f"{_shown(cell)} stands here where true or false belongs")
                return _YES_NO.get(word, False)
            case Kind.WHOLE if isinstance(cell, bool) or not isinstance(cell, int):
                self.reader.note(mark, f"{_shown(cell)} stands here where a whole number belongs")
                return 0
            case Kind.CODE:
                return str(cell).strip()
            case Kind.WORDS:
                return [word.strip() for word in str(cell).split(",") if word.strip()]
            case Kind.FORMULA if not isinstance(cell, str):
                return str(cell).lower()
        return cell

    def nest_options(self, features: list[dict[str, Any]], options: list[dict[str, Any]]) -> None:
        """Put each option below its feature."""
        places = {entry.get("code", ""): place for place, entry in reversed(list(enumerate(features)))}
        for index, option in enumerate(options):
            path: Path = (OPTIONS.key, index)
            code = option.pop("feature", "")
            if code not in places:
                text = f"there is no feature {code}{_hint(code, places)}" if code else "feature is missing"
                self.reader.fail((*path, "feature"), text)
                continue
            below = features[places[code]].setdefault("options", [])
            for key in ((), *((key,) for key in option)):
                self.marks[(FEATURES.key, places[code], "options", len(below), *key)] = self.marks[(*path, *key)]
            below.append(option)

    def read_table(self, path: Path, table: dict[str, Any]) -> None:
        """The columns and rows of a table from the sheet it names."""
        title = table.pop("sheet", "")
        sheet = self.sheets.pop(title.casefold(), None)
        if sheet is None:
            text = f"there is no other sheet {title}{_hint(title, self.sheets)}" if title else "sheet is missing"
            self.reader.fail((*path, "sheet"), text)
            return
        heads = self.table_heads(path, sheet)
        table["columns"], table["rows"] = [name for name, _ in heads.values()], []
        for row, cells in sheet.rows[1:]:
            self.marks[(*path, "rows", len(table["rows"]))] = Mark(sheet.title, row, 0)
            values = []
            for place, (name, kind) in heads.items():
                cell = cells[place] if place < len(cells) else None
                if cell is None:
                    self.reader.note(
                        Mark(sheet.title, row, place + 1), f"this cell is empty: a row says a value of {name}"
                    )
                else:
                    values.append(self.value(cell, Mark(sheet.title, row, place + 1), kind))
            self.refuse_headless(sheet.title, row, cells, heads)
            table["rows"].append(values)

    def table_heads(self, path: Path, sheet: Sheet) -> dict[int, tuple[str, Kind]]:
        """The feature above each column of a table and what its values are, by the column's place from 0."""
        heads: dict[int, tuple[str, Kind]] = {}
        self.marks[(*path, "columns")] = Mark(sheet.title, 1, 0)
        for place, cell in enumerate(sheet.rows[0][1] if sheet.rows else ()):
            if cell is not None:
                mark = Mark(sheet.title, sheet.rows[0][0], place + 1)
                name = str(self.value(cell, mark, Kind.CODE))
                self.marks[(*path, "columns", len(heads))] = mark
                heads[place] = (name, self.kinds.get(name, Kind.ANSWER))
        return heads


def _kind_of_answers(feature: dict[str, Any]) -> Kind:
    return Kind.YES_NO if feature.get("flag") else Kind.CODE


def _shown(cell: Cell) -> str:
    if isinstance(cell, Unreadable):
        return cell.reason
    if isinstance(cell, bool):
        return str(cell).lower()
    return f"the text {cell}" if isinstance(cell, str) else f"the number {cell}"


def _hint(word: str, known: Collection[str]) -> str:
    nearest = suggestion(word, known)
    return f"; did you mean {nearest}?" if nearest else ""
