"""Table constraint networks in XCSP 2.1: domains of integers, relations of allowed or forbidden tuples.

What XCSP can say besides, as formulas, global constraints, quantifiers, costs, is refused by name. Format: Roussel,
Lecoutre, "XML Representation of Constraint Networks: Format XCSP 2.1", 2009. A tuple with a value outside a
variable's domain cannot occur, so it allows nothing and forbids nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from configurator.engine.errors import suggestion
from configurator.engine.model import INTEGER_LIMIT, ROW_LIMIT, VALUE_LIMIT, Model, Table, Variable
from configurator.formats.file_content import read_bytes
from configurator.formats.findings import FINDING_LIMIT, Finding, XcspError
from configurator.formats.xcsp_elements import KINDS, Element, Place, parse_elements

SIZE_LIMIT = 50_000_000
VARIABLE_LIMIT = 100_000
TOTAL_VALUE_LIMIT = 2_000_000
TOTAL_ROW_LIMIT = 2_000_000
NAMES_SHOWN = 10

_RANGE = re.compile(r"(-?[0-9]{1,18})(?:\.\.(-?[0-9]{1,18}))?")
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_ROWS = re.compile(r"[-0-9\s|]*")


@dataclass(frozen=True, slots=True)
class _Relation:
    allowed: bool
    rows: tuple[tuple[int, ...], ...]
    columns: tuple[frozenset[int], ...]
    """The values that occur at each place of the rows."""


def read_xcsp(path: Path | str) -> Model:
    """The model in an XCSP 2.1 file; raises XcspError that names every mistake with line and column."""
    path = Path(path)
    return parse_xcsp(read_bytes(path, SIZE_LIMIT, XcspError), path.name)


def parse_xcsp(content: bytes, source: str = "") -> Model:
    """The model in the bytes of an XCSP 2.1 file: an integer variable per variable, a table per constraint."""
    name, elements = parse_elements(content, source)
    return _Reading(source, elements).model(name or Path(source).stem)


class _Reading:
    """The elements of one file, kind by kind. Mistakes are collected while reading goes on."""

    def __init__(self, source: str, elements: Sequence[Element]) -> None:
        self.source = source
        self.findings: list[Finding] = []
        self.named: dict[str, dict[str, Element]] = {kind: {} for kind in KINDS}
        for element in elements:
            self.add(element)

    def fail(self, place: Place, text: str) -> None:
        self.findings.append(Finding(self.source, *place, text))
        if len(self.findings) >= FINDING_LIMIT:
            raise XcspError(self.findings)

    def add(self, element: Element) -> None:
        """Enter an element under its name; a constraint, which nobody refers to, may do without."""
        known = self.named[element.kind]
        name = element.attributes.get("name", "")
        if not name and element.kind == "constraint":
            name = f"constraint {len(known) + 1}"
        if not name:
            self.fail(element.place, f"this {element.kind} has no name")
        elif name in known:
            first = known[name].place[0]
            self.fail(element.place, f"a second {element.kind} is called {name}; the first is in line {first}")
        else:
            known[name] = element

    def model(self, name: str) -> Model:
        domains = {name: self.domain(element) for name, element in self.named["domain"].items()}
        variables = self.variables(domains)
        relations = self.relations()
        if self.findings:
            raise XcspError(self.findings)
        tables = self.tables(domains, relations)
        if self.findings:
            raise XcspError(self.findings)
        return Model(name, variables, (), tables)

    def check_count(self, place: Place, what: str, count: int, limit: int) -> None:
        """Refuse the file at once, before time and memory are spent on it."""
        if count > limit:
            finding = Finding(self.source, *place, f"{count:,} {what} where {limit:,} are allowed")
            raise XcspError([*self.findings, finding])

    def domain(self, element: Element) -> tuple[int, ...]:
        """The values in the order they are written."""
        name = element.attributes["name"]
        values: list[int] = []
        for match in re.finditer(r"\S+", element.text):
            parts = _RANGE.fullmatch(match[0])
            low, high = (int(parts[1]), int(parts[2] or parts[1])) if parts else (0, -1)
            if parts is None or low > high or max(-low, high) > INTEGER_LIMIT:
                text = f"{match[0][:50]} in domain {name} is not a whole number or a range such as 0..8"
                beyond = f", within {INTEGER_LIMIT:,} either way" if parts else ""
                self.fail(element.place_in_text(match.start()), text + beyond)
                continue
            self.check_count(element.place, f"values of domain {name}", len(values) + high - low + 1, VALUE_LIMIT)
            values += range(low, high + 1)
        if not values and not self.findings:
            self.fail(element.place, f"domain {name} has no values")
        if len(set(values)) != len(values):
            self.fail(element.place, f"domain {name} contains a value twice")
        return tuple(values)

    def variables(self, domains: Mapping[str, tuple[int, ...]]) -> tuple[Variable, ...]:
        variables: list[Variable] = []
        total = 0
        self.check_count((0, 0), "variables", len(self.named["variable"]), VARIABLE_LIMIT)
        for name, element in self.named["variable"].items():
            domain = domains.get(wanted := element.attributes.get("domain", ""))
            if domain is None:
                self.fail(element.place, _unknown("domain", wanted, domains))
                continue
            total += len(domain)
            self.check_count(element.place, "values of all variables", total, TOTAL_VALUE_LIMIT)
            variables.append(Variable(name, domain))
        if not variables:
            self.fail((0, 0), "there are no variables")
        return tuple(variables)

    def relations(self) -> dict[str, _Relation]:
        relations = {}
        total = 0
        for name, element in self.named["relation"].items():
            semantics = element.attributes.get("semantics", "missing")
            if semantics not in ("supports", "conflicts"):
                self.fail(element.place, f"semantics {semantics} is not read: known are supports and conflicts")
                continue
            total += element.text.count("|")
            self.check_count(element.place, "rows of all relations", total, TOTAL_ROW_LIMIT)
            rows = self.rows(name, element)
            self.check_count(element.place, f"rows of relation {name}", len(rows), ROW_LIMIT)
            arity = len(rows[0]) if rows else 0
            columns = tuple(frozenset(map(itemgetter(place), rows)) for place in range(arity))
            relations[name] = _Relation(semantics == "supports", rows, columns)
        return relations

    def rows(self, name: str, element: Element) -> tuple[tuple[int, ...], ...]:
        """The tuples of a relation, all of one length; none when one is wrong, which is a finding."""
        text = element.text
        try:
            rows = tuple(tuple(map(int, row.split())) for row in text.split("|")) if _ROWS.fullmatch(text) else None
        except ValueError:
            rows = None
        if rows is None:
            self.fail(*self.first_stranger(name, element))
            return ()
        given = _NUMBER.fullmatch(element.attributes.get("arity", ""))
        arity = int(given[0]) if given else len(next(filter(None, rows), ()))
        if {*map(len, rows)} <= {0, arity}:
            return tuple(filter(None, rows))
        start = 0
        for row, written in zip(rows, element.text.split("|")):
            if len(row) not in (0, arity):
                place = element.place_in_text(start + len(written) - len(written.lstrip()))
                self.fail(place, f"a row of relation {name} has {len(row):,} values where {arity:,} belong")
                break
            start += len(written) + 1
        return ()

    def first_stranger(self, name: str, element: Element) -> tuple[Place, str]:
        """The first thing in the rows that is not a number, and where it stands."""
        for match in re.finditer(r"[^\s|]+", element.text):
            if not _NUMBER.fullmatch(match[0]):
                text = f"{match[0][:50]} in relation {name} is not a whole number"
                return element.place_in_text(match.start()), text
        return element.place, f"relation {name} holds a number that is too large"

    def tables(self, domains: Mapping[str, tuple[int, ...]], relations: Mapping[str, _Relation]) -> tuple[Table, ...]:
        values_of = {name: frozenset(domain) for name, domain in domains.items()}
        possible = {name: values_of[element.attributes["domain"]] for name, element in self.named["variable"].items()}
        tables = []
        total = 0
        for code, element in self.named["constraint"].items():
            scope = tuple(element.attributes.get("scope", "").split())
            reference = element.attributes.get("reference", "")
            reason = self.why_not(scope, reference, relations)
            if reason:
                self.fail(element.place, f"constraint {code}: {reason}")
                continue
            relation = relations[reference]
            total += len(relation.rows)
            self.check_count(element.place, "rows of all constraints", total, TOTAL_ROW_LIMIT)
            rows = _possible_rows(relation, [possible[name] for name in scope])
            tables.append(Table(code, scope, rows, _text(relation.allowed, scope), relation.allowed))
        return tuple(tables)

    def why_not(self, scope: Sequence[str], reference: str, relations: Mapping[str, _Relation]) -> str:
        """Why a constraint is refused; an empty text when it is not."""
        if reference.startswith("global:"):
            return f"{reference} is a global constraint; only relations are read"
        if reference not in relations:
            return _unknown("relation", reference, relations)
        for name in scope:
            if name not in self.named["variable"]:
                return _unknown("variable", name, self.named["variable"])
        if not scope or len(set(scope)) < len(scope):
            return "its scope must be different variables, at least one"
        arity = len(relations[reference].columns)
        if arity not in (0, len(scope)):
            return f"it is about {len(scope):,} variables, and the rows of {reference} have {arity:,} values"
        return ""


def _possible_rows(relation: _Relation, domains: Sequence[frozenset[int]]) -> tuple[tuple[int, ...], ...]:
    """The rows whose values all lie in the domains."""
    rows = relation.rows
    for place, (occurring, domain) in enumerate(zip(relation.columns, domains)):
        if not occurring <= domain:
            rows = tuple(row for row in rows if row[place] in domain)
    return rows


def _text(allowed: bool, scope: Sequence[str]) -> str:
    shown = ", ".join(scope[:NAMES_SHOWN]) + (
        f" and {len(scope) - NAMES_SHOWN:,} more" if len(scope) > NAMES_SHOWN else ""
    )
    return f"{'allowed' if allowed else 'forbidden'} combinations of {shown}"


def _unknown(kind: str, name: str, known: Mapping[str, object]) -> str:
    nearest = suggestion(name, known)
    return f"there is no {kind} {name or 'named here'}" + (f"; did you mean {nearest}?" if nearest else "")
