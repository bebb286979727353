"""Reading YAML documents node by node, so that every fault is told with its line. No Django, no business word."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path

import yaml

LONGEST = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a document, at a line counted from 1."""

    line: int
    reason: str


class DocumentError(Exception):
    """The document cannot be used; `faults` says where and why, in the order of its lines."""

    def __init__(self, source: str, faults: Iterable[Fault]) -> None:
        self.source = source
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__("\n".join(f"{source}:{fault.line}: {fault.reason}" for fault in self.faults))


def read_text(path: Path) -> str:
    """The text of a file; raises `DocumentError` when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(str(path), (Fault(1, f"The file cannot be read: {error}."),)) from error


def compose(text: str, source: str) -> yaml.Node:
    """The root node of a YAML text; raises `DocumentError`."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        fault = Fault(mark.line + 1 if mark else 1, f"This is not YAML: {error.problem or error.context}.")
        raise DocumentError(source, (fault,)) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise DocumentError(source, (Fault(1, f"This is not YAML: {error}."),)) from error
    if root is None:
        raise DocumentError(source, (Fault(1, "The file is empty."),))
    return root


def repeated(keys: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines at which a key is used again."""
    seen: set[str] = set()
    for line, key in keys:
        if key in seen:
            yield line, key
        seen.add(key)


def line_of(node: yaml.Node | None) -> int:
    """The line a node begins on, from 1."""
    return node.start_mark.line + 1 if node is not None else 1


class NodeReader:
    """Takes values out of YAML nodes and collects faults instead of stopping at the first."""

    longest: Mapping[str, int] = {}
    """Characters that a field of this name may have; what is not named here may have `LONGEST`."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, node: yaml.Node | None, reason: str) -> None:
        """Note that something is wrong at a node."""
        self.faults.append(Fault(line_of(node), reason))

    def mapping(
        self, node: yaml.Node | None, what: str, *, required: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> dict[str, yaml.Node]:
        """The fields of a mapping; unknown, repeated and missing ones are faults."""
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, f"Here must be {what} with named fields.")
            return {}
        fields: dict[str, yaml.Node] = {}
        known = required + optional
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}."
                self.fault(key, f"{name!r} is no field of {what}; {hint}")
            elif name in fields:
                self.fault(key, f"The field {name!r} is given twice.")
            else:
                fields[name] = value
        for name in required:
            if name not in fields:
                self.fault(node, f"The field {name!r} of {what} is missing.")
        return fields

    def items(self, node: yaml.Node | None, what: str) -> list[yaml.Node]:
        """The entries of a list; none where nothing stands."""
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")):
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, f"{what!r} must be a list.")
            return []
        return list(node.value)

    def text(self, node: yaml.Node | None, what: str, *, empty: bool = False) -> str:
        """One word or sentence."""
        if node is None:  # its absence was already told
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self.fault(node, f"{what!r} must be one word or sentence.")
            return ""
        value = str(node.value).strip()
        if not value and not empty:
            self.fault(node, f"{what!r} is empty.")
        if len(value) > (longest := self.longest.get(what, LONGEST)):
            self.fault(node, f"{what!r} has {len(value):,} characters; {longest} are allowed.")
        return value

    def texts(self, node: yaml.Node | None, what: str) -> tuple[str, ...]:
        """A list of words."""
        return tuple(self.text(item, f"an entry of {what}") for item in self.items(node, what))

    def number(self, node: yaml.Node | None, what: str) -> Decimal:
        """A finite number, not rounded."""
        try:
            number = Decimal(self.text(node, what))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            self.fault(node, f"{what!r} must be a number.")
            return Decimal(1)
        return number

    def whole(self, node: yaml.Node | None, what: str, low: int, high: int) -> int:
        """A whole number between two limits."""
        if node is None:
            return low
        number = self.number(node, what)
        if number != number.to_integral_value() or not low <= number <= high:
            self.fault(node, f"{what!r} must be a whole number from {low:,} to {high:,}, not {number}.")
            return low
        return int(number)

    def flag(self, node: yaml.Node | None, what: str) -> bool:
        """True or false."""
        value = self.text(node, what).lower()
        if value not in {"true", "false"}:
            self.fault(node, f"{what!r} must be true or false.")
        return value == "true"
