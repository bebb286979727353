"""Clauses in DIMACS format, as feature model tools exchange them: `c NUMBER NAME` names a variable.

Every variable is a feature that is had or not, every clause a rule. Format: DIMACS, "Satisfiability: Suggested
Format", 1993; the naming comments are those of FeatureIDE and KConfigReader, which mark some with `NUMBER$`.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from configurator.engine.expressions import NODE_LIMIT, Binary, Expression, Literal, Name, Negation
from configurator.engine.model import Model, Rule, Variable
from configurator.formats.file_content import read_text
from configurator.formats.findings import FINDING_LIMIT, DimacsError, Finding

SIZE_LIMIT = 20_000_000
LINE_LIMIT = 1_000_000
VARIABLE_LIMIT = 100_000
CLAUSE_LIMIT = 400_000
LITERAL_LIMIT = 2_000_000
"""Literals of all clauses; the largest published feature models, those of Linux, have half as many."""
CLAUSE_LENGTH_LIMIT = NODE_LIMIT // 3
"""A clause becomes one rule, and a literal gives it up to three parts: its name, its negation, the `or` before it."""
NAMES_SHOWN = 20
"""Names of one side of a rule that its text lists; a reader learns nothing from more."""

_NAMING = re.compile(r"c\s+([0-9]{1,9})\$?\s+(\S.*)")
_WORD = re.compile(r"\S+")
_HEAD = re.compile(r"p\s+cnf\s+([0-9]{1,15})\s+([0-9]{1,15})\s*")


def read_dimacs(path: Path | str) -> Model:
    """The model in a DIMACS file; raises DimacsError that names every mistake with line and column."""
    path = Path(path)
    return parse_dimacs(read_text(path, SIZE_LIMIT, DimacsError), path.name)


def parse_dimacs(text: str, source: str = "") -> Model:
    """The model in a DIMACS text: one boolean variable per number, in order, and a rule per clause."""
    return _Reading(text.split("\n"), source).model()


class _Reading:
    """One file. Mistakes are collected while reading goes on."""

    def __init__(self, lines: Sequence[str], source: str) -> None:
        self.lines, self.source = lines, source
        self.findings: list[Finding] = []

    def fail(self, line: int, column: int, text: str) -> None:
        self.findings.append(Finding(self.source, line, column, text))
        if len(self.findings) >= FINDING_LIMIT:
            raise DimacsError(self.findings)

    def model(self) -> Model:
        head, variables, clauses = self.head()
        names = self.names(variables)
        rules = self.rules(head, names, clauses)
        if self.findings:
            raise DimacsError(self.findings)
        return Model(
            Path(self.source).stem or "clauses", tuple(Variable(name, (False, True)) for name in names), tuple(rules)
        )

    def head(self) -> tuple[int, int, int]:
        """Number of the line `p cnf VARIABLES CLAUSES`, and its two counts."""
        heads = [(number, line) for number, line in enumerate(self.lines, 1) if line.startswith("p")]
        if not heads:
            raise self.refusal(0, "the line p cnf VARIABLES CLAUSES is missing")
        (number, line), *others = heads
        if others:
            raise self.refusal(others[0][0], f"a second line p stands here; the first is line {number}")
        match = _HEAD.fullmatch(line)
        if match is None:
            kind = (line.split()[1:] or ["alone"])[0]
            reason = f"p {kind} is not read" if kind != "cnf" else f"{line.strip()[:50]} is not complete"
            raise self.refusal(number, f"{reason}: known is p cnf VARIABLES CLAUSES")
        variables, clauses = int(match[1]), int(match[2])
        self.check_count(number, "variables", variables, VARIABLE_LIMIT)
        self.check_count(number, "clauses", clauses, CLAUSE_LIMIT)
        if variables == 0:
            raise self.refusal(number, "there are no variables")
        return number, variables, clauses

    def check_count(self, line: int, what: str, count: int, limit: int) -> None:
        if count > limit:
            raise self.refusal(line, f"{count:,} {what} where {limit:,} are allowed")

    def refusal(self, line: int, text: str) -> DimacsError:
        return DimacsError([Finding(self.source, line, 0, text)])

    def names(self, variables: int) -> list[str]:
        """What the comments call the variables 1, 2, ...; a variable without a name is called by its number."""
        named: dict[int, str] = {}
        numbers: dict[str, int] = {}
        for number, line in enumerate(self.lines, 1):
            match = _NAMING.match(line) if line.startswith("c") else None
            if match is None or not 1 <= int(match[1]) <= variables:
                continue  # a comment like any other
            variable, name = int(match[1]), " ".join(match[2].split())
            if named.setdefault(variable, name) != name:
                self.fail(number, match.start(2) + 1, f"variable {variable} is already called {named[variable]}")
            elif numbers.setdefault(name, variable) != variable:
                self.fail(number, match.start(2) + 1, f"{name} is already the name of variable {numbers[name]}")
        if self.findings:
            raise DimacsError(self.findings)
        for variable in range(1, variables + 1):
            name = named.setdefault(variable, str(variable))
            if numbers.setdefault(name, variable) != variable:
                self.fail(0, 0, f"variable {variable} has no name, and its number is the name of {numbers[name]}")
        return [named[variable] for variable in range(1, variables + 1)]

    def rules(self, head: int, names: Sequence[str], promised: int) -> list[Rule]:
        """A rule for each clause, called C1, C2, ... in the order of the file."""
        features = [Name(name) for name in names]
        literals: dict[str, Expression] = {str(number): feature for number, feature in enumerate(features, 1)}
        literals |= {f"-{number}": Negation(feature) for number, feature in enumerate(features, 1)}
        rules: list[Rule] = []
        words: list[str] = []
        begun = size = 0
        for number, line in enumerate(self.lines, 1):
            if line[:1] in ("c", "p"):
                continue
            if line.startswith("%"):
                break  # the end mark of the SATLIB collection
            self.check_count(number, "characters in one line", len(line), LINE_LIMIT)
            found = line.split()
            if any(word not in literals and word != "0" for word in found):
                self.name_strangers(number, line, literals)
                found = []
            begun, size = begun or number, size + len(found)
            words += found
            start = 0
            for _ in range(found.count("0")):
                end = words.index("0", start)
                clause, start = words[start:end], end + 1
                self.check_length(begun, clause)
                text = _text(clause, names)
                rules.append(Rule(f"C{len(rules) + 1}", _disjunction([literals[word] for word in clause]), text))
                begun = number
            words = words[start:]
            begun = begun if words else 0
            self.check_length(begun, words)
            self.check_count(number, "literals", size, LITERAL_LIMIT)
            if len(rules) > promised:
                raise self.refusal(number, f"clauses go on after the {promised:,} that line p promises")
        if words and not self.findings:
            self.fail(begun, 1, "this clause does not end with 0: the file is cut off")
        elif len(rules) < promised and not self.findings:
            self.fail(head, 1, f"{promised:,} clauses are promised and {len(rules):,} follow: the file is cut off")
        return rules

    def check_length(self, line: int, clause: Sequence[str]) -> None:
        self.check_count(line, "literals in one clause", len(clause), CLAUSE_LENGTH_LIMIT)

    def name_strangers(self, number: int, line: str, literals: Mapping[str, Expression]) -> None:
        """Say of each word of a line that is no literal what is wrong with it."""
        for match in _WORD.finditer(line):
            word = match[0]
            if word in literals or word == "0":
                continue
            if re.fullmatch(r"-?[1-9][0-9]*", word):
                reason = f"there is no variable {word.lstrip('-')[:20]}: line p says {len(literals) // 2:,}"
            else:
                reason = f"{word[:50]} is not a literal: a variable's number, or - and the number"
            self.fail(number, match.start() + 1, reason)


def _disjunction(clause: Sequence[Expression]) -> Expression:
    """One of the literals holds; an empty clause never does."""
    if not clause:
        return Literal(False)
    whole = clause[0]
    for literal in clause[1:]:
        whole = Binary("or", whole, literal)
    return whole


def _text(clause: Sequence[str], names: Sequence[str]) -> str:
    """The clause as a person would say it: what is had on the left of `requires`, what follows on its right."""
    given = [names[int(word[1:]) - 1] for word in clause if word[0] == "-"]
    needed = [names[int(word) - 1] for word in clause if word[0] != "-"]
    if not given:
        return _listed(needed, " or ") or "nothing can be had"
    if needed:
        return f"{_listed(given, ' and ')} {'requires' if len(given) == 1 else 'require'} {_listed(needed, ' or ')}"
    return f"not {given[0]}" if len(given) == 1 else f"not {_listed(given, ' and ')} together"


def _listed(names: Sequence[str], link: str) -> str:
    more = len(names) - NAMES_SHOWN
    return link.join(names if more <= 1 else (*names[:NAMES_SHOWN], f"{more:,} more"))
