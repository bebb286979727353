"""Feature models published by others: the engine's answers against counts and a solver fed with DIMACS."""

import json
import random
from pathlib import Path

import pytest
from pysat.solvers import Glucose4

from configurator.engine import compile_model, explode
from configurator.formats import package_from_uvl, read_model

COUNTED = ["flamapy_Pizzas", "flamapy_MobilePhone", "flamapy_Truck", "ovm_OnlineShop.ovm", "dm_eShop_DM.csv"]
WITH_DIMACS = ["pc-richmond_Sprey2020", "e_shop_Lau2006", "berkeleydb_Hierons2020", "Tankwar_Schulze2012"]


def count(model) -> int:
    compiled = compile_model(model)
    names = [variable.name for variable in model.variables]

    def below(choices: dict) -> int:
        domains = compiled.valid_domains(choices)
        name = next((name for name in names if name not in choices and len(domains[name]) > 1), None)
        return 1 if name is None else sum(below(choices | {name: value}) for value in domains[name])

    return below({})


@pytest.mark.parametrize("name", COUNTED)
def test_configurations_core_and_dead_features_are_those_published(data: Path, name: str):
    path = data / "configuration" / "models" / f"{name}.uvl"
    truth = json.loads((data / "configuration" / "ground_truth.json").read_text())[f"models/{name}.uvl"]
    model = read_model(path)

    domains = compile_model(model).valid_domains({})

    assert count(model) == int(truth["configurations"])
    assert sorted(feature for feature, values in domains.items() if values == {True}) == truth["core"]
    assert sorted(feature for feature, values in domains.items() if values == {False}) == truth["dead"]
    assert count(package_from_uvl(path).to_model()) == int(truth["configurations"])


@pytest.mark.parametrize("name", WITH_DIMACS)
def test_every_value_shown_is_confirmed_by_an_independent_solver(data: Path, name: str):
    path = data / "configuration" / "models" / f"{name}.uvl"
    solver, numbers = _dimacs(path.with_suffix(".dimacs"))
    compiled = compile_model(read_model(path))
    dice = random.Random(name)
    choices: dict = {}
    for _ in range(10):
        domains = compiled.valid_domains(choices)
        known = [feature for feature in domains if feature in numbers and feature not in choices]
        given = [numbers[feature] if value else -numbers[feature] for feature, value in choices.items()]
        for feature in dice.sample(known, min(30, len(known))):
            for value in (False, True):
                wanted = numbers[feature] if value else -numbers[feature]
                assert solver.solve(assumptions=[*given, wanted]) is (value in domains[feature]), feature
        free = [feature for feature in known if len(domains[feature]) > 1]
        if free:
            choices[dice.choice(free)] = dice.random() < 0.7


def _dimacs(path: Path) -> tuple[Glucose4, dict[str, int]]:
    solver, numbers = Glucose4(), {}
    for line in path.read_text().splitlines():
        tokens = line.split()
        if tokens[:1] == ["c"] and len(tokens) >= 3 and tokens[1].rstrip("$").isdigit():
            numbers[" ".join(tokens[2:])] = int(tokens[1].rstrip("$"))
        elif tokens and tokens[0] not in ("c", "p"):
            solver.add_clause([int(token) for token in tokens[:-1]])
    return solver, numbers


def test_a_computer_shop_becomes_a_product_whose_every_order_has_a_bill(data: Path):
    package = package_from_uvl(data / "configuration" / "models" / "pc-richmond_Sprey2020.uvl")
    compiled = compile_model(package.to_model())
    dice = random.Random(1)

    for _ in range(20):
        wishes = {variable.name: dice.choice(variable.domain) for variable in compiled.model.variables}
        selection = compiled.complete({}, wishes)

        assert compiled.conflict(selection) is None
        assert len(explode(*package.bill(), selection).children) >= 5


def test_a_car_of_two_thousand_five_hundred_features_is_answered(data: Path):
    model = read_model(data / "configuration" / "models" / "automotive01_Kowal2016.uvl")

    domains = compile_model(model).valid_domains({})

    assert len(domains) == 2513
    assert sum(values == {True} for values in domains.values()) == 100
    assert sum(values == {False} for values in domains.values()) == 195
