"""How a product package lies in a workbook: which sheets there are, and what their columns hold.

Each table has one sheet more, called as the sheet Tables says, with a feature as the head of each column.
"""

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What the cells of a column hold."""

    CODE = auto()
    """A code or a name that something else is found by: outer blanks do not count."""
    TEXT = auto()
    WORDS = auto()
    """Codes with commas between them."""
    FORMULA = auto()
    """Text in the rule language."""
    WHOLE = auto()
    """A whole number."""
    AMOUNT = auto()
    """A number with at most two decimals."""
    YES_NO = auto()
    ANSWER = auto()
    """A value of a feature: of the row's own one, or of the one that the head names."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `key` is its head and its name in the package document."""

    key: str
    kind: Kind = Kind.TEXT
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Further:
    """Columns that come after the others as they are needed: their heads are `word` and a name."""

    word: str
    key: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet: one row for each entry of the document's list `key`."""

    title: str
    key: str
    columns: tuple[Column, ...]
    further: Further | None = None


CODE, NAME = Column("code", Kind.CODE, True), Column("name", Kind.TEXT, True)
TEXT, PRICE, PARTS = Column("text"), Column("price", Kind.AMOUNT), Column("parts", Kind.WORDS)
SECTION = Column("section", Kind.CODE, True)
FEATURE, SHEET = Column("feature", Kind.CODE, True), Column("sheet", Kind.CODE, True)
FLAG, SCRAP = Column("flag", Kind.YES_NO), Column("scrap", Kind.AMOUNT)

PRODUCT = Layout(
    "Product",
    "product",
    (
        Column("format", Kind.CODE),
        CODE,
        NAME,
        Column("root_item", Kind.CODE, True),
        TEXT,
        Column("currency", Kind.CODE),
        Column("base_price", Kind.AMOUNT),
        Column("picture", Kind.CODE),
    ),
)
FEATURES = Layout(
    "Features", "features", (CODE, NAME, SECTION, TEXT, FLAG, Column("default", Kind.ANSWER), PRICE, PARTS)
)
OPTIONS = Layout("Options", "options", (FEATURE, CODE, NAME, TEXT, PRICE, PARTS))
PARAMETERS = Layout(
    "Parameters",
    "parameters",
    (
        CODE,
        NAME,
        SECTION,
        TEXT,
        Column("unit"),
        Column("minimum", Kind.WHOLE, True),
        Column("maximum", Kind.WHOLE, True),
        Column("step", Kind.WHOLE),
        Column("default", Kind.WHOLE),
    ),
)
TABLES = Layout("Tables", "tables", (CODE, TEXT, Column("allowed", Kind.YES_NO), SHEET))

LAYOUTS = (
    PRODUCT,
    Layout("Sections", "sections", (CODE, NAME, TEXT)),
    FEATURES,
    OPTIONS,
    PARAMETERS,
    Layout("Rules", "rules", (CODE, Column("rule", Kind.FORMULA, True), TEXT)),
    TABLES,
    Layout(
        "Items",
        "items",
        (
            CODE,
            NAME,
            Column("made", Kind.YES_NO),
            Column("unit"),
            Column("parameters", Kind.WORDS),
            Column("phantom", Kind.YES_NO),
            SCRAP,
        ),
    ),
    Layout(
        "Bill",
        "bill",
        (
            Column("parent", Kind.CODE, True),
            Column("item", Kind.CODE, True),
            Column("quantity", Kind.FORMULA),
            Column("one_of", Kind.CODE),
            Column("when", Kind.FORMULA),
            SCRAP,
        ),
        Further("with", "with", Kind.FORMULA),
    ),
    Layout(
        "Examples",
        "examples",
        (CODE, TEXT, Column("sold", Kind.YES_NO)),
        Further("choose", "choices", Kind.ANSWER),
    ),
)
"""In the order of the sheets; features and parameters come before what names their values."""
