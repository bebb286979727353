"""DIMACS and XCSP files published by others, read exactly as a plain reading of the files says."""

import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path
from time import process_time

import pytest

from configurator.engine.expressions import Binary, Name, Negation
from configurator.formats import read_model

CLAUSES = [
    ("automotive01_Kowal2016", 2513, 10300),
    ("FinancialServices01_Nieke2018-2018-05-09", 771, 7238),
    ("ecos_i386", 1245, 3723),
    ("pc-richmond_Sprey2020", 377, 1356),
    ("e_shop_Lau2006", 173, 289),
]


def literals(expression) -> list[tuple[str, bool]]:
    if isinstance(expression, Binary):
        return [*literals(expression.left), *literals(expression.right)]
    if isinstance(expression, Negation):
        return [(expression.operand.name, False)]
    assert isinstance(expression, Name)
    return [(expression.name, True)]


@pytest.mark.parametrize(("name", "variables", "clauses"), CLAUSES)
def test_every_clause_is_a_rule_of_the_same_literals(data: Path, name: str, variables: int, clauses: int):
    path = data / "configuration" / "models" / f"{name}.dimacs"
    lines = [line.split() for line in path.read_text().splitlines()]
    names = {int(words[1]): " ".join(words[2:]) for words in lines if words[0] == "c"}

    model = read_model(path)

    assert (len(model.variables), len(model.rules)) == (variables, clauses)
    assert [variable.name for variable in model.variables] == [names[number] for number in range(1, variables + 1)]
    for rule, words in zip(model.rules, [words for words in lines if words[0] not in ("c", "p")], strict=True):
        assert literals(rule.expression) == [(names[abs(int(word))], word[0] != "-") for word in words[:-1]]


@pytest.mark.parametrize(("name", "rows"), [("megane", 194_723), ("renault_medium", 9_532)])
def test_every_constraint_is_a_table_of_the_same_rows(data: Path, name: str, rows: int):
    path = data / "configuration" / "tables" / f"{name}.xml"
    root = ElementTree.parse(path).getroot()
    relations = {node.get("name"): node for node in root.find("relations")}

    begin = process_time()
    model = read_model(path)
    seconds = process_time() - begin

    assert seconds < 3
    assert sum(len(table.rows) for table in model.tables) == rows
    for table, node in zip(model.tables, root.find("constraints"), strict=True):
        relation = relations[node.get("reference")]
        assert (table.code, list(table.columns)) == (node.get("name"), node.get("scope").split())
        assert table.allowed is (relation.get("semantics") == "supports")
        assert Counter(table.rows) == Counter(
            tuple(map(int, row.split())) for row in (relation.text or "").split("|") if row
        )


def test_no_table_forbids_a_car_really_sold(data: Path):
    folder = data / "configuration" / "tables"
    header, *lines = (folder / "renault_medium_sold_cars.txt").read_text().splitlines()
    cars = [dict(zip(header.split(), map(int, line.split()))) for line in sorted(set(lines))]

    for table in read_model(folder / "renault_medium.xml").tables:
        places = [place for place, name in enumerate(table.columns) if name in cars[0]]
        allowed = {tuple(row[place] for place in places) for row in table.rows}
        for car in cars:
            sold = tuple(car[table.columns[place]] for place in places)
            assert sold in allowed or -1 in sold, table.code  # -1: the sale left it open
