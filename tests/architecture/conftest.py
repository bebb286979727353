import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
APPS = ("config", "shopfloor", "planning", "configurator", "foundation")


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture
def source_copy(tmp_path: Path) -> Path:
    """The sources and their rules in a directory where a test may break them."""
    for app in APPS:
        ignored = shutil.ignore_patterns("__pycache__", "*.nbi", "*.nbc")
        shutil.copytree(REPOSITORY / app, tmp_path / app, ignore=ignored)
    (tmp_path / "tests" / "architecture").mkdir(parents=True)
    shutil.copy(Path(__file__).parent / "door_contract.py", tmp_path / "tests" / "architecture")
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    return tmp_path


def run_tool(directory: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of the environment in a directory; its output is wide, so that names are not folded."""
    tool = Path(sys.executable).parent / command[0]
    environment = {"PATH": str(tool.parent), "COLUMNS": "250", "NO_COLOR": "1", "HOME": str(directory)}
    return subprocess.run(
        [str(tool), *command[1:]], cwd=directory, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def tool():
    return run_tool
