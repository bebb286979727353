"""UVL text to logical lines: comments gone, brackets joined, indentation measured."""

import re
from dataclasses import dataclass

from configurator.formats.findings import Finding, UvlError

SIZE_LIMIT = 8_000_000
"""Characters of a file."""
TAB_WIDTH = 8

_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_QUOTED_OR_COMMENT = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|//[^\n]*|/\*.*?\*/|/\*", re.DOTALL)
_BRACKET_OR_QUOTE = re.compile(r"[(\[{}\])\"]")
_NOT_NEWLINE = re.compile(r"[^\n]")
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Line:
    """A logical line: its text without indentation, and where it begins, both from 1."""

    number: int
    column: int
    indent: int
    text: str

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Line and column in the file of a place in `text`."""
        return (self.number, self.column + column - 1) if line == 1 else (self.number + line - 1, column)


def logical_lines(text: str, source: str) -> list[Line]:
    """The lines that say something; a line with an open bracket goes on in the next.

    Raises UvlError for a quote, bracket or comment that is never closed.
    """
    if len(text) > SIZE_LIMIT:
        raise UvlError([Finding(source, 0, 0, f"the file is larger than {SIZE_LIMIT:,} characters")])
    text = _without_comments(text.replace("\r\n", "\n").replace("\r", "\n"), source)
    lines: list[Line] = []
    parts: list[str] = []
    opened: list[tuple[str, int, int]] = []
    start = (0, 0, 0)
    for number, raw in enumerate(text.split("\n"), 1):
        content = raw.rstrip()
        stripped = content.lstrip(" \t\ufeff")
        if not stripped and not opened:
            continue
        if not opened:
            column = len(content) - len(stripped) + 1
            start, parts = (number, column, _indent(content[: column - 1])), [stripped]
        else:
            parts.append(content)
        if _BRACKET_OR_QUOTE.search(content):
            _follow_brackets(content, number, opened, source)
        if not opened:
            lines.append(Line(*start, "\n".join(parts)))
    if opened:
        bracket, number, column = opened[0]
        raise UvlError([Finding(source, number, column, f"{bracket} is never closed")])
    return lines


def _indent(blank: str) -> int:
    return len(blank.replace("\ufeff", "").expandtabs(TAB_WIDTH))


def _follow_brackets(content: str, number: int, opened: list[tuple[str, int, int]], source: str) -> None:
    blank = _QUOTED.sub(lambda match: " " * len(match[0]), content)
    for match in _BRACKET_OR_QUOTE.finditer(blank):
        character, column = match[0], match.start() + 1
        if character in "([{":
            opened.append((character, number, column))
        elif character == '"':
            raise UvlError([Finding(source, number, column, "a quote is not closed on its line")])
        else:
            if not opened or opened[-1][0] != _PAIRS[character]:
                raise UvlError([Finding(source, number, column, f"{character} closes nothing")])
            opened.pop()


def _without_comments(text: str, source: str) -> str:
    """The text with comments blanked, lines and columns kept."""

    def blanked(match: re.Match[str]) -> str:
        found = match[0]
        if found[0] != "/":
            return found
        if found == "/*":
            number = text.count("\n", 0, match.start()) + 1
            column = match.start() - text.rfind("\n", 0, match.start())
            raise UvlError([Finding(source, number, column, "the comment is never closed")])
        return "" if found.startswith("//") else _NOT_NEWLINE.sub(" ", found)

    return _QUOTED_OR_COMMENT.sub(blanked, text) if "/" in text else text
