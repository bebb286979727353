"""The contracts hold, and a violation of each is seen: a contract that cannot fail guards nothing."""

import re
import tomllib

import pytest

# where the violation is planted, what is planted, and the id of the contract that must notice
VIOLATIONS = [
    ("foundation/services/planted.py", "import configurator.api", "arrow"),
    ("configurator/services/planted.py", "import planning.models", "arrow"),
    ("planning/services/planted.py", "import configurator.models", "doors"),
    ("planning/views/planted.py", "import configurator.api", "doors"),
    ("planning/engine/planted.py", "import configurator.api", "doors"),
    ("shopfloor/formats/planted.py", "import foundation.api", "doors"),
    ("planning/services/planted.py", "import foundation.models", "doors"),
    ("configurator/selectors/planted.py", "import configurator.services", "rooms"),
    ("planning/engine/planted.py", "import planning.models", "rooms"),
    ("planning/engine/planted.py", "from django.db import models", "engines"),
    ("shopfloor/engine/planted.py", "import socket", "engines"),
    ("configurator/engine/planted.py", "import asyncio", "engines"),
    ("planning/services/planted.py", "from ortools.sat.python import cp_model", "home-of-ortools"),
    ("shopfloor/services/planted.py", "from pymodbus.client import AsyncModbusTcpClient", "home-of-pymodbus"),
    ("configurator/services/planted.py", "from pysat.solvers import Solver", "home-of-pysat"),
]


def contracts(directory):
    rules = tomllib.loads((directory / "pyproject.toml").read_text())
    return {contract["id"]: contract["name"] for contract in rules["tool"]["importlinter"]["contracts"]}


def report_on(name, answer):
    """What the tool wrote under the heading of one broken contract; empty when it was kept."""
    heading = re.search(
        rf"^{re.escape(name)}\n-+\n(.*?)(?=\n\S[^\n]*\n---|\Z)", answer.stdout, re.MULTILINE | re.DOTALL
    )
    return heading.group(1) if heading else ""


def test_the_import_contracts_hold(repository, tool):
    answer = tool(repository, "lint-imports", "--no-cache")

    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(("where", "planted", "contract"), VIOLATIONS)
def test_a_planted_violation_is_seen(source_copy, tool, where, planted, contract):
    target = source_copy / where
    target.parent.mkdir(parents=True, exist_ok=True)
    (target.parent / "__init__.py").touch()
    target.write_text(planted + "\n")

    answer = tool(source_copy, "lint-imports", "--no-cache")

    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "planted" in report_on(contracts(source_copy)[contract], answer)


def test_every_contract_has_a_planted_violation(repository):
    assert {contract for *_, contract in VIOLATIONS} == set(contracts(repository))
