"""UVL files and the files they import, each read once; composed they are one tree and one list of constraints."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from configurator.engine.expressions import Expression
from configurator.formats.findings import Finding, UvlError
from configurator.formats.uvl.lines import SIZE_LIMIT, Line, logical_lines
from configurator.formats.uvl.syntax import LineProblem, parse_constraint, parse_import
from configurator.formats.uvl.tree import Feature, Report, read_tree

SECTIONS = ("features", "constraints", "imports", "include")
LEVELS = ("Boolean", "Arithmetic", "Type", "SAT-level", "SMT-level", "TYPE-level")
FILE_LIMIT = 200
"""Files of one model."""
NAME_LIMIT = 100
"""Characters in one part of an imported file's name."""

_UNFIT = re.compile(r"[/\\:\0]")


@dataclass(frozen=True, slots=True)
class ConstraintLine:
    """A line below `constraints`, with its number in the file."""

    number: int
    line: Line
    expression: Expression

    @property
    def text(self) -> str:
        """The constraint as it was written, on one line."""
        return " ".join(self.line.text.split())


@dataclass(eq=False, slots=True)
class Import:
    """An import line and the file it means; None when that cannot be read."""

    alias: str
    line: Line
    file: "UvlFile | None"


@dataclass(eq=False, slots=True)
class UvlFile:
    """One file: what it declares and what it imports."""

    source: str
    namespace: str = ""
    imports: list[Import] = field(default_factory=list)
    root: Feature | None = None
    constraints: list[ConstraintLine] = field(default_factory=list)


class FileReading:
    """Reads a file and all it imports; imports are found below `folder`, nowhere when that is None."""

    def __init__(self, report: Report, folder: Path | None = None) -> None:
        self.report, self.folder = report, folder.resolve() if folder is not None else None
        self.known: dict[Path, UvlFile] = {}
        self.open: list[Path] = []
        self.size = 0

    def read(self, path: Path) -> UvlFile:
        """The file at `path`; raises UvlError when nothing at all can be made of it."""
        resolved = path.resolve()
        if resolved in self.known:
            return self.known[resolved]
        source = self.shown(resolved)
        try:
            if resolved.stat().st_size > 4 * SIZE_LIMIT:  # no text of SIZE_LIMIT characters has more bytes
                raise UvlError([Finding(source, 0, 0, f"the file is larger than {SIZE_LIMIT:,} characters")])
            text = resolved.read_text(encoding="utf-8")
        except OSError as error:
            raise UvlError([Finding(source, 0, 0, f"the file cannot be read: {error.strerror}")]) from None
        except UnicodeDecodeError:
            raise UvlError([Finding(source, 0, 0, "the file is not UTF-8 text")]) from None
        self.size += len(text)
        if self.known and self.size > SIZE_LIMIT:
            raise UvlError([Finding(source, 0, 0, f"the files together are larger than {SIZE_LIMIT:,} characters")])
        self.open.append(resolved)
        try:
            file = self.parse(text, source, resolved)
        finally:
            self.open.pop()
        self.known[resolved] = file
        return file

    def parse(self, text: str, source: str, path: Path | None = None) -> UvlFile:
        """The file that a text is, with the files that it imports from beside `path`."""
        file = UvlFile(source)
        sections = self.sections(logical_lines(text, source), file)
        for line in sections.get("include", [])[1:]:
            self.check_level(file, line)
        for line in sections.get("imports", [])[1:]:
            self.add_import(file, line, path)
        file.root = read_tree(sections.get("features", [])[1:], source, self.report)
        for number, line in enumerate(sections.get("constraints", [])[1:], 1):
            try:
                file.constraints.append(ConstraintLine(number, line, parse_constraint(line.text)))
            except LineProblem as problem:
                self.report.fail(source, line, problem.text, problem.at)
            if self.report.full:
                break
        if file.root is None and not self.report.findings:
            self.report.fail(source, None, "there are no features")
        return file

    def sections(self, lines: list[Line], file: UvlFile) -> dict[str, list[Line]]:
        """The lines below each heading, the heading first."""
        found: dict[str, list[Line]] = {}
        current: list[Line] | None = None
        for line in lines:
            if line.indent > 0:
                if current is None:
                    self.report.fail(file.source, line, "the file begins with features, not with an indented line")
                    current = []
                current.append(line)
            elif line.text in SECTIONS:
                if line.text in found:
                    self.report.fail(file.source, line, f"the heading {line.text} is there twice")
                current = found[line.text] = [line]
            elif line.text.split()[0] == "namespace":
                file.namespace = line.text[len("namespace") :].strip().strip('"')
                current = None
            else:
                text = f"{line.text.split()[0]} is not a heading: known are namespace, {', '.join(SECTIONS)}"
                self.report.fail(file.source, line, text)
                current = []
        return found

    def check_level(self, file: UvlFile, line: Line) -> None:
        """What levels a file says it uses changes nothing: what it really uses is read anyway."""
        if line.text.split(".")[0] not in LEVELS:
            text = f"{line.text.split()[0]} is not a language level: known are Boolean, Arithmetic and Type"
            self.report.fail(file.source, line, text)

    # Imports

    def add_import(self, file: UvlFile, line: Line, path: Path | None) -> None:
        try:
            said = parse_import(line.text)
        except LineProblem as problem:
            self.report.fail(file.source, line, problem.text, problem.at)
            return
        if any(other.alias == said.alias for other in file.imports):
            self.report.fail(file.source, line, f"two imports are called {said.alias}")
            return
        found = self.find(file, line, path, said.parts)
        imported = None
        if found is not None:
            try:
                imported = self.read(found)
            except UvlError as error:
                self.report.findings += error.findings
        file.imports.append(Import(said.alias, line, imported))

    def find(self, file: UvlFile, line: Line, path: Path | None, parts: tuple[str, ...]) -> Path | None:
        """The file an import means: in folders below the importing file's, or beside it with _ for the folders."""
        name = ".".join(parts)
        if path is None or self.folder is None:
            self.report.fail(file.source, line, f"the import {name} is not read: there are no files beside this text")
            return None
        if any(part in ("", ".", "..") or len(part) > NAME_LIMIT or _UNFIT.search(part) for part in parts):
            self.report.fail(file.source, line, f"the import {name} is not the name of a file below this one's folder")
            return None
        found = next((each for each in _candidates(path, parts) if each.is_file()), None)
        if found is None:
            text = f"there is no file {'/'.join(parts)}.uvl, which is imported here"
            self.report.fail(file.source, line, text)
        elif not found.resolve().is_relative_to(self.folder):
            self.report.fail(file.source, line, f"the import {name} leads out of the model's folder")
        elif found.resolve() in self.open:
            circle = [*self.open[self.open.index(found.resolve()) :], found.resolve()]
            text = "the imports go in a circle: " + " > ".join(map(self.shown, circle))
            self.report.fail(file.source, line, text)
        elif len(self.known) + len(self.open) >= FILE_LIMIT and found.resolve() not in self.known:
            self.report.fail(file.source, line, f"the model has more than {FILE_LIMIT} files")
        else:
            return found
        return None

    def shown(self, path: Path) -> str:
        """How findings name a file: its way from the model's folder."""
        if self.folder is not None and path.is_relative_to(self.folder):
            return path.relative_to(self.folder).as_posix()
        return path.name


def _candidates(path: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    """Where an imported file may be: a.b of x_main.uvl is a/b.uvl, x_main_a_b.uvl, x_a_b.uvl or a_b.uvl."""
    yield path.parent.joinpath(*parts[:-1], f"{parts[-1]}.uvl")
    words = path.stem.split("_")
    for length in range(len(words), -1, -1):
        yield path.with_name("_".join([*words[:length], *parts]) + ".uvl")
