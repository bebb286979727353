"""Reading fields out of plain documents: every mistake becomes a finding with its place, and reading goes on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from configurator.engine.errors import suggestion
from configurator.formats.findings import FINDING_LIMIT, Finding

Path = tuple[str | int, ...]

CODE_LIMIT = 200
NAME_LIMIT = 300
TEXT_LIMIT = 20_000
PRICE_LIMIT = Decimal(10_000_000)
NUMBER_LIMIT = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value stands in a file, line and column from 1; `inline` when its text follows there unchanged."""

    file: str
    line: int
    column: int
    inline: bool = False


@dataclass
class DocumentReader:
    """Collects findings while fields are read; `marks` say where in which file each path stands."""

    marks: Mapping[Path, Mark] = field(default_factory=dict)
    source: str = ""
    findings: list[Finding] = field(default_factory=list)

    def fail(self, path: Path, text: str, at: tuple[int, int] = (0, 0)) -> None:
        """Note a mistake at `path`; `at` is a line and column inside the text that stands there."""
        mark = next((self.marks[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.marks), None)
        if len(self.findings) >= FINDING_LIMIT:
            return
        if mark is None:
            self.findings.append(Finding(self.source, 0, at[1], f"{path_text(path)}: {text}" if path else text))
            return
        line, column = mark.line, mark.column
        if at != (0, 0):
            line, column = (line, column + at[1] - 1) if mark.inline and at[0] == 1 else (line + at[0] - 1, at[1])
        self.findings.append(Finding(mark.file, line, column, text))

    def mapping(self, value: object, path: Path, known: Collection[str]) -> dict[str, Any]:
        """The value as a mapping with no other than the known keys."""
        if not isinstance(value, dict):
            self.fail(path, f"{path_text(path)} must be keys with values, not {kind_of(value)}")
            return {}
        for key in value:
            if key not in known:
                nearest = suggestion(str(key), known)
                hint = f"did you mean {nearest}?" if nearest else f"known are {', '.join(sorted(known))}"
                self.fail((*path, key), f"{key} is not known here; {hint}")
        return value

    def entries(self, document: Mapping[str, Any], key: str, path: Path = ()) -> list[tuple[Path, Any]]:
        """The elements of a list with their paths; a missing list is empty."""
        value = document.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.fail((*path, key), f"{key} must be a list, not {kind_of(value)}")
            return []
        return [((*path, key, index), element) for index, element in enumerate(value)]

    def text(self, entry: Mapping[str, Any], path: Path, key: str, limit: int = TEXT_LIMIT) -> str:
        """A text that may be missing."""
        return self._text(entry.get(key, ""), (*path, key), key, limit)

    def required(self, entry: Mapping[str, Any], path: Path, key: str, limit: int = CODE_LIMIT) -> str:
        """A text that must be there and say something."""
        if entry.get(key) in (None, ""):
            self.fail((*path, key) if key in entry else path, f"{key} is missing")
            return ""
        return self._text(entry[key], (*path, key), key, limit).strip()

    def words(self, entry: Mapping[str, Any], path: Path, key: str) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self._text(word, place, key, CODE_LIMIT) for place, word in self.entries(entry, key, path))

    def boolean(self, entry: Mapping[str, Any], path: Path, key: str, default: bool) -> bool:
        """true or false."""
        value = entry.get(key, default)
        if not isinstance(value, bool):
            self.fail((*path, key), f"{key} must be true or false, not {kind_of(value)}")
            return default
        return value

    def integer(self, entry: Mapping[str, Any], path: Path, key: str, default: int | None) -> int | None:
        """A whole number within a billion either way."""
        value = entry.get(key, default)
        if value is None and key not in entry:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.fail((*path, key), f"{key} must be a whole number, not {kind_of(value)}")
            return default
        if abs(value) > NUMBER_LIMIT:
            self.fail((*path, key), f"{key} is beyond {NUMBER_LIMIT:,}")
            return default
        return value

    def price(self, entry: Mapping[str, Any], path: Path, key: str) -> Decimal:
        """Money with at most two decimals."""
        value = entry.get(key, "0.00")
        zero = Decimal("0.00")
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            self.fail((*path, key), f'{key} must be an amount such as "12.50", not {kind_of(value)}')
            return zero
        try:
            amount = Decimal(value)
            if not amount.is_finite() or abs(amount) > PRICE_LIMIT:
                self.fail((*path, key), f"{key} {value} is absurd: prices stay within {PRICE_LIMIT:,} either way")
                return zero
            cents = amount.quantize(Decimal("0.01"))
        except InvalidOperation:
            self.fail((*path, key), f'{key} must be an amount such as "12.50", not {value}')
            return zero
        if cents != amount:
            self.fail((*path, key), f"{key} {value} has more than two decimals")
        return cents + zero  # "-0.00" becomes "0.00"

    def _text(self, value: object, path: Path, key: str, limit: int) -> str:
        if not isinstance(value, str):
            quotes = f': put it in quotes, "{value}"' if isinstance(value, bool | int | Decimal) else ""
            self.fail(path, f"{key} must be text, not {kind_of(value)}{quotes}")
            return ""
        if len(value) > limit:
            self.fail(path, f"{key} has {len(value):,} characters, {limit:,} are allowed")
            return ""
        if any(ord(character) < 32 and character not in "\n\t" for character in value):
            self.fail(path, f"{key} contains a control character")
            return ""
        return value


def kind_of(value: object) -> str:
    """What a value is, in a reader's words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    for kind, words in ((int, "a whole number"), (Decimal, "a decimal number"), (str, "text"), (list, "a list")):
        if isinstance(value, kind):
            return words
    return "keys with values"


def path_text(path: Path) -> str:
    """features[3].default, or the document."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text or "the document"
