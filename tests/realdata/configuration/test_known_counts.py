"""Configurations, core and dead features of public models, against values that others published."""

import json
from pathlib import Path

import pytest

from configurator.engine import compile_model
from configurator.formats import read_model

TABLES = {"tables/renault_medium.xml": 278_744, "tables/megane.xml": 2_835_456_006_272}


@pytest.fixture(scope="module")
def truth(data: Path) -> dict[str, dict]:
    return json.loads((data / "configuration" / "ground_truth.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", TABLES)
def test_every_car_is_counted(data: Path, name: str):
    compiled = compile_model(read_model(data / "configuration" / name), engine="circuit")

    assert compiled.count({}) == TABLES[name]


def test_configurations_core_and_dead_features_are_those_published(data: Path, truth: dict[str, dict]):
    for name, facts in truth.items():
        compiled = compile_model(read_model(data / "configuration" / name), engine="circuit")
        domains = compiled.valid_domains({})
        core = sorted(feature for feature, values in domains.items() if values == {True})
        dead = sorted(feature for feature, values in domains.items() if values == {False})

        if "configurations" in facts:
            assert compiled.count({}) == int(facts["configurations"]), name
        if "core" in facts:
            assert (core, dead) == (sorted(facts["core"]), sorted(facts["dead"])), name
        else:
            assert (len(core), len(dead)) == (facts["core_count"], facts["dead_count"]), name
