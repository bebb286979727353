"""G1: a checkout whose process is killed leaves the whole order or nothing, and sending it again gives one order."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COUNTS = """
SELECT (SELECT count(*) FROM configurator_order), (SELECT count(*) FROM configurator_orderline),
       (SELECT count(*) FROM configurator_cart WHERE ordered_at IS NOT NULL)
"""
NOTHING, WHOLE = (0, 0, 0), (1, 1, 1)


class Shop:
    """A database file of its own, and the processes that work on it."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "LINEWRIGHT_HOME": str(self.home)}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "tests.faults.checkout_process", *arguments]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)

    def finish(self, *arguments: str) -> str:
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        return said.strip()

    def kill_at(self, *arguments: str) -> None:
        """Order, and kill the process without warning when it says that it is at the stage."""
        process = self.start("order", *arguments)
        assert process.stdout is not None
        try:
            assert "here\n" in iter(process.stdout.readline, ""), "the process ended before the stage"
        finally:
            process.kill()
            process.communicate()

    def counts(self) -> tuple[int, int, int]:
        """Orders, order lines and ordered carts."""
        with closing(sqlite3.connect(self.home / "linewright.sqlite3")) as database:
            return database.execute(COUNTS).fetchone()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("shop")
    Shop(home).finish("prepare")
    return home


@pytest.fixture
def shop(prepared: Path, tmp_path: Path) -> Shop:
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    return Shop(home)


@pytest.mark.parametrize("stage", ["cart claimed", "order written", "lines written"])
def test_a_checkout_killed_in_the_middle_leaves_nothing(shop, stage):
    shop.kill_at(stage)

    assert shop.counts() == NOTHING


def test_after_a_kill_the_same_request_gives_one_order(shop):
    shop.kill_at("lines written")

    assert shop.finish("order", "to the end") == shop.finish("order", "to the end") == "2026-00001"
    assert shop.counts() == WHOLE


def test_a_checkout_killed_before_its_answer_is_found_by_its_key(shop):
    shop.kill_at("committed")

    assert shop.counts() == WHOLE
    assert shop.finish("order", "to the end") == "2026-00001"
    assert shop.counts() == WHOLE


def test_without_the_transaction_a_kill_would_leave_half_an_order(shop):
    """Negative control of the tests above."""
    shop.kill_at("order written", "careless")

    assert shop.counts() == (1, 0, 1)
