"""The models that are measured, and the clicks that are made on them."""

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from configurator.engine import FeatureNode, Model, Rule, Value, Variable
from configurator.engine.compiled_model import CompiledModel
from configurator.engine.expressions import Binary, Expression, Name, Negation

DATA = Path(os.environ.get("LINEWRIGHT_DATA", Path(__file__).parents[3] / "shared" / "data")) / "configuration"


@dataclass(frozen=True)
class Subject:
    """A public model, what compiling it may take, and what of it the open configurator can read."""

    name: str
    path: Path
    compile_limit: float
    peer_reads: Path | None = None
    sat_factor: int = 0


MODELS = DATA / "models"
SUBJECTS = (
    Subject("pc-richmond", MODELS / "pc-richmond_Sprey2020.dimacs", 2, MODELS / "pc-richmond_Sprey2020.uvl"),
    Subject(
        "financial",
        MODELS / "FinancialServices01_Nieke2018-2018-05-09.dimacs",
        6,
        MODELS / "FinancialServices01_Nieke2018-2018-05-09.dimacs",
        10,
    ),
    Subject(
        "automotive01", MODELS / "automotive01_Kowal2016.dimacs", 15, MODELS / "automotive01_Kowal2016.dimacs", 100
    ),
    Subject("eCos", MODELS / "ecos_i386.dimacs", 60, MODELS / "ecos_i386.dimacs"),
    Subject("Renault medium", DATA / "tables" / "renault_medium.xml", 5),
    Subject("Megane", DATA / "tables" / "megane.xml", 20, sat_factor=100),
)


def sessions(compiled: CompiledModel, count: int, clicks: int, seed: int = 1) -> list[list[tuple[str, Value]]]:
    """Random customers: each makes up to so many valid choices, one feature after the other."""
    dice = random.Random(seed)
    made = []
    for _ in range(count):
        choices: dict[str, Value] = {}
        while len(choices) < clicks:
            domains = compiled.valid_domains(choices)
            free = [name for name, values in domains.items() if name not in choices and len(values) > 1]
            if not free:
                break
            name = dice.choice(free)
            choices[name] = dice.choice(sorted(domains[name], key=str))
        made.append(list(choices.items()))
    return made


def excluded_wish(
    compiled: CompiledModel, choices: Mapping[str, Value], dice: random.Random, standard: Mapping[str, frozenset[Value]]
) -> tuple[str, Value] | None:
    """A value that could be had without the choices and cannot be had with them."""
    domains = compiled.valid_domains(choices)
    lost = [
        (name, value) for name, values in domains.items() if name not in choices for value in standard[name] - values
    ]
    return dice.choice(sorted(lost, key=str)) if lost else None


def product_family(options: int, seed: int = 1) -> Model:
    """A made-up feature model of about so many options, shaped like public ones: groups of two to ten under parents of
    their own, six levels deep at most, and a rule between neighbouring parts for every six options."""
    dice = random.Random(seed)
    nodes = [FeatureNode("root")]
    open_parents, number = [("root", 0)], 0
    while len(nodes) < options:
        parent, depth = open_parents.pop(dice.randrange(min(4, len(open_parents))))
        for _ in range(dice.randint(1, 3)):
            number += 1
            kind = dice.choice(("mandatory", "optional", "or", "alternative", "alternative"))
            for _ in range(dice.randint(2, 10)):
                name = f"f{len(nodes)}"
                nodes.append(FeatureNode(name, parent, group=kind, group_number=number))
                if depth < 6 and dice.random() < 0.35:
                    open_parents.append((name, depth + 1))
        if not open_parents:
            open_parents.append((nodes[-1].name, 1))
    names = [node.name for node in nodes]
    sold = _one_configuration(nodes, dice)
    rules: list[Rule] = []
    while len(rules) < len(nodes) // 6:
        start = dice.randrange(1, max(2, len(nodes) - 20))
        near = [dice.choice(names[start : start + 20]) for _ in range(dice.choice((2, 2, 3)))]
        wanted = [dice.random() < 0.5 for _ in near]
        if not sold[near[0]] or any(sold[name] is sign for name, sign in zip(near[1:], wanted[1:])):
            literals = [Name(name) if sign else Negation(Name(name)) for name, sign in zip(near[1:], wanted[1:])]
            body: Expression = literals[0]
            for other in literals[1:]:
                body = Binary("or", body, other)
            rules.append(Rule(f"R{len(rules)}", Binary("implies", Name(near[0]), body)))
    variables = tuple(Variable(name, (False, True)) for name in names)
    return Model(f"family of {options}", variables, tuple(rules), (), tuple(nodes))


def _one_configuration(nodes: list[FeatureNode], dice: random.Random) -> dict[str, bool]:
    """One way to fulfil the tree; rules that it breaks are not made, so that no family is void."""
    held: dict[str, bool] = {}
    members: dict[int, list[str]] = {}
    for node in nodes:
        members.setdefault(node.group_number, []).append(node.name)
    chosen: dict[int, set[str]] = {}
    for node in nodes:
        group = members[node.group_number]
        if node.parent is None:
            held[node.name] = True
            continue
        if node.group_number not in chosen:
            count = {"mandatory": len(group), "alternative": 1}.get(node.group, dice.randint(1, len(group)))
            chosen[node.group_number] = set(dice.sample(group, count)) if held[node.parent] else set()
        held[node.name] = node.name in chosen[node.group_number]
    return held


def clauses_of(model: Model, path: Path) -> tuple[list[list[int]], int, dict[tuple[str, Value], int]]:
    """CNF for the peer: clauses, number of variables, and the literal of each value. Tables by one variable a row."""
    literal: dict[tuple[str, Value], int] = {}
    if path.suffix == ".dimacs":
        for number, variable in enumerate(model.variables, 1):
            literal[variable.name, True], literal[variable.name, False] = number, -number
        lines = (line.split() for line in path.read_text().splitlines())
        clauses = [[int(token) for token in line[:-1]] for line in lines if line and line[0] not in ("c", "p")]
        return clauses, len(model.variables), literal
    top, clauses = 0, []
    for variable in model.variables:
        own = []
        for value in variable.domain:
            top += 1
            literal[variable.name, value] = top
            own.append(top)
        clauses += [own, *([-one, -two] for one, two in combinations(own, 2))]
    for table in model.tables:
        if not table.allowed:
            clauses += [[-literal[pair] for pair in zip(table.columns, row)] for row in table.rows]
            continue
        chosen = []
        supports: dict[int, list[int]] = {literal[c, v]: [] for c in table.columns for v in model.domain(c)}
        for row in table.rows:
            top += 1
            chosen.append(top)
            for pair in zip(table.columns, row):
                clauses.append([-top, literal[pair]])
                supports[literal[pair]].append(top)
        clauses += [chosen, *([-one, *rows] for one, rows in supports.items())]
    return clauses, top, literal
