"""The product package as YAML: reading with the place of every value, writing, included files.

YAML is read as its version 1.2 says: only true and false are booleans, so that `no` and `on` stay words.
"""

import re
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Any

import yaml

from configurator.formats.document_reader import DocumentReader, Mark, Path
from configurator.formats.findings import Finding, PackageError
from configurator.formats.package_document import LISTS, package_from_document
from configurator.formats.product_package import PACKAGE_FORMAT, ProductPackage

SIZE_LIMIT = 20_000_000
DEPTH_LIMIT = 20
INCLUDE_LIMIT = 50

_INTEGER = re.compile(r"[-+]?\d{1,18}")
_DECIMAL = re.compile(r"[-+]?\d{1,18}\.\d{1,18}")

Marks = dict[Path, Mark]


def read_product_package(path: FilePath | str) -> ProductPackage:
    """The package in a file, with the lists of the files it includes; raises PackageError."""
    path = FilePath(path)
    document, marks = _with_includes(path)
    return package_from_document(document, DocumentReader(marks, path.name))


def parse_product_package(text: str, source: str = "") -> ProductPackage:
    """The package in a text, which must be complete in itself; raises PackageError."""
    document, marks = read_yaml(text, source)
    if "include" in document:
        mark = marks[("include",)]
        reason = "include needs a file on disk: paste the included lists here instead"
        raise PackageError([Finding(source, mark.line, mark.column, reason)])
    return package_from_document(document, DocumentReader(marks, source))


def write_product_package(package: ProductPackage) -> str:
    """YAML that reads back to the same package."""
    return yaml.dump(package.to_document(), Dumper=_Writer, sort_keys=False, allow_unicode=True, width=110)


def read_yaml(text: str, source: str) -> tuple[dict[str, Any], Marks]:
    """A YAML mapping as plain values, with the place of each; raises PackageError for what is not YAML.

    Keys twice, aliases and nesting beyond the limit are refused: they hide mistakes or make small files huge.
    """
    if len(text) > SIZE_LIMIT:
        raise PackageError([Finding(source, 0, 0, f"the file is larger than {SIZE_LIMIT:,} characters")])
    try:
        _check_structure(text, source)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _refusal(source, error.problem_mark or error.context_mark, _yaml_problem(error)) from None
    except yaml.YAMLError as error:
        raise PackageError([Finding(source, 0, 0, f"this is not readable YAML: {error}")]) from None
    if node is None:
        raise PackageError([Finding(source, 0, 0, "the file is empty")])
    if not isinstance(node, yaml.MappingNode):
        raise _refusal(source, node.start_mark, f"a package begins with format: {PACKAGE_FORMAT}")
    reading = _Reading(source)
    document = reading.value(node, ())
    if reading.findings:
        raise PackageError(reading.findings)
    assert isinstance(document, dict)
    return document, reading.marks


def _check_structure(text: str, source: str) -> None:
    """Refuse aliases, deep nesting and second documents before anything is built from them."""
    depth, documents = 0, 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise _refusal(source, event.start_mark, "aliases (*name) are not read: write the value out")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH_LIMIT:
                raise _refusal(source, event.start_mark, f"lists and keys are nested deeper than {DEPTH_LIMIT}")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _refusal(source, event.start_mark, "a second document begins: one file holds one package")


class _Reading:
    """Composed YAML nodes to plain values."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.marks: Marks = {}
        self.findings: list[Finding] = []

    def value(self, node: yaml.Node, path: Path) -> object:
        mark = node.start_mark
        quoted = node.style in ("'", '"') if isinstance(node, yaml.ScalarNode) else False
        inline = isinstance(node, yaml.ScalarNode) and node.style not in ("|", ">")
        self.marks[path] = Mark(self.source, mark.line + 1, mark.column + (2 if quoted else 1), inline)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(element, (*path, index)) for index, element in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        return node.value if not isinstance(node, yaml.ScalarNode) or node.style else _plain(node.value)

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        result: dict[str, object] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fail(key, "a key must be a word")
            elif key.value in result:
                self.fail(key, f"the key {key.value} is there twice")
            else:
                result[key.value] = self.value(value, (*path, key.value))
                if result[key.value] is None and " " in key.value and node.flow_style:
                    self.fail(key, f"a text with a comma or brace is put in quotes here: {key.value}")
        return result

    def fail(self, node: yaml.Node, text: str) -> None:
        self.findings.append(Finding(self.source, node.start_mark.line + 1, node.start_mark.column + 1, text))


def _plain(text: str) -> object:
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "~", "null"):
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text


def _refusal(source: str, mark: Any, text: str) -> PackageError:
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    return PackageError([Finding(source, line, column, text)])


def _yaml_problem(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or error.context or "unknown"
    if "tab character" in problem or "\\t" in problem:
        return "a tab stands where YAML wants spaces"
    return f"this is not readable YAML: {problem}"


def _with_includes(path: FilePath) -> tuple[dict[str, Any], Marks]:
    """The document of a file with the lists of the included files before its own."""
    document, marks = _read_file(path, path.name)
    names = document.pop("include", [])
    mark = marks.get(("include",), Mark(path.name, 0, 0))

    def refuse(reason: str) -> PackageError:
        return PackageError([Finding(path.name, mark.line, mark.column, reason)])

    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise refuse("include must be a list of file names")
    if len(names) > INCLUDE_LIMIT or len(set(names)) != len(names):
        raise refuse(f"include names a file twice, or more than {INCLUDE_LIMIT} files")
    merged: dict[str, Any] = {key: [] for key in LISTS}
    places: Marks = {}
    for name in names:
        if FilePath(name).is_absolute() or ".." in FilePath(name).parts:
            raise refuse(f"include {name}: included files lie beside or below the package")
        if not (path.parent / name).is_file():
            raise refuse(f"include {name}: there is no such file beside {path.name}")
        part, part_marks = _read_file(path.parent / name, name)
        for key in part:
            if key not in (*LISTS, "format"):
                place = part_marks[(key,)]
                text = f"an included file holds only {', '.join(LISTS)}, not {key}"
                raise PackageError([Finding(name, place.line, place.column, text)])
        _append(merged, places, part, part_marks)
    _append(merged, places, document, marks)
    return merged, places


def _append(merged: dict[str, Any], places: Marks, part: dict[str, Any], marks: Marks) -> None:
    """Add one file's lists to the merged document, and its other keys as they are."""
    start = {key: len(value) for key, value in merged.items() if isinstance(value, list)}
    for path, mark in marks.items():
        if len(path) >= 2 and isinstance(path[1], int) and path[0] in LISTS:
            path = (path[0], path[1] + start[str(path[0])], *path[2:])
        places[path] = mark
    for key, value in part.items():
        if key in LISTS and isinstance(value, list):
            merged[key] = merged[key] + value
        elif key not in LISTS or value is not None:
            merged[key] = value


def _read_file(path: FilePath, name: str) -> tuple[dict[str, Any], Marks]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PackageError([Finding(name, 0, 0, f"the file cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise PackageError([Finding(name, 0, 0, "the file is not UTF-8 text")]) from None
    return read_yaml(text, name)


class _Writer(yaml.CSafeDumper):
    """Entries whose values are all simple stand on one line, as a person would write them."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_mapping(writer: _Writer, data: dict[str, Any]) -> yaml.Node:
    simple = all(not isinstance(value, dict) and not _nested(value) for value in data.values())
    short = sum(len(str(key)) + len(str(value)) for key, value in data.items()) < 90
    return writer.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=simple and short)


def _represent_list(writer: _Writer, data: list[Any]) -> yaml.Node:
    flow = not any(isinstance(value, dict | list) for value in data)
    return writer.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=flow)


def _nested(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(element, dict | list) for element in value)


_Writer.add_representer(dict, _represent_mapping)
_Writer.add_representer(list, _represent_list)
