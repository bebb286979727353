"""What is wrong with a file: where, and in one sentence why."""

from collections.abc import Iterable
from dataclasses import dataclass

FINDING_LIMIT = 100
"""Mistakes that one answer names."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One mistake in a file; line and column count from 1, 0 when there is no such place."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        line = f"line {self.line}" if self.line else ""
        column = f"column {self.column}" if self.column else ""
        place = ", ".join(part for part in (self.file, line, column) if part)
        return f"{place}: {self.text}" if place else self.text


class FormatError(ValueError):
    """A file that cannot be read as what it claims to be; `findings` name every mistake found."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(dict.fromkeys(findings))
        super().__init__(self.findings)

    def __str__(self) -> str:
        return "\n".join(map(str, self.findings))


class PackageError(FormatError):
    """A product package that is refused."""


class UvlError(FormatError):
    """A UVL model that is refused."""


class DimacsError(FormatError):
    """Clauses in DIMACS format that are refused."""


class XcspError(FormatError):
    """A constraint network in XCSP format that is refused."""
