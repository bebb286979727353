"""UVL text to logical lines: comments gone, brackets joined, indentation measured."""

import re
from dataclasses import dataclass

from configurator.formats.findings import Finding, UvlError

SIZE_LIMIT = 20_000_000
TAB_WIDTH = 8

_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")


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
    lines: list[Line] = []
    parts: list[str] = []
    opened: list[tuple[str, int, int]] = []
    start = (0, 0, 0)
    for number, raw in enumerate(_without_block_comments(text, source).split("\n"), 1):
        content = _without_line_comment(raw).rstrip()
        stripped = content.lstrip(" \t\ufeff")
        if not stripped and not opened:
            continue
        if not opened:
            column = len(content) - len(stripped) + 1
            indent = len(content[: column - 1].replace("\ufeff", "").expandtabs(TAB_WIDTH))
            start, parts = (number, column, indent), []
            parts.append(stripped)
        else:
            parts.append(content)
        _follow_brackets(content, number, opened, source)
        if not opened:
            lines.append(Line(*start, "\n".join(parts)))
    if opened:
        bracket, number, column = opened[0]
        raise UvlError([Finding(source, number, column, f"{bracket} is never closed")])
    return lines


def _follow_brackets(content: str, number: int, opened: list[tuple[str, int, int]], source: str) -> None:
    pairs = {")": "(", "]": "[", "}": "{"}
    blank = _QUOTED.sub(lambda match: " " * len(match[0]), content)
    for column, character in enumerate(blank, 1):
        if character in "([{":
            opened.append((character, number, column))
        elif character in pairs:
            if not opened or opened[-1][0] != pairs[character]:
                raise UvlError([Finding(source, number, column, f"{character} closes nothing")])
            opened.pop()
        elif character == '"':
            raise UvlError([Finding(source, number, column, "a quote is not closed on its line")])


def _without_line_comment(line: str) -> str:
    blank = _QUOTED.sub(lambda match: "x" * len(match[0]), line)
    place = blank.find("//")
    return line if place < 0 else line[:place]


def _without_block_comments(text: str, source: str) -> str:
    """The text with /* comments */ blanked, lines and columns kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    place = text.find("/*")
    while place >= 0:
        end = text.find("*/", place + 2)
        number = text.count("\n", 0, place) + 1
        line_start = text.rfind("\n", 0, place) + 1
        if '"' in text[line_start:place] and text[line_start:place].count('"') % 2:
            place = text.find("/*", place + 2)
            continue
        if end < 0:
            raise UvlError([Finding(source, number, place - line_start + 1, "the comment is never closed")])
        comment = text[place : end + 2]
        text = text[:place] + re.sub(r"[^\n]", " ", comment) + text[end + 2 :]
        place = text.find("/*", end + 2)
    return text
