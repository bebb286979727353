"""Where the public models lie; they are not part of the repository."""

import os
from pathlib import Path

import pytest

from tests.conftest import missing

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def data_directory() -> Path:
    """The directory of public data, from LINEWRIGHT_DATA or beside the repository."""
    directory = Path(os.environ.get("LINEWRIGHT_DATA", REPOSITORY.parent / "shared" / "data"))
    if not (directory / "configuration").is_dir():
        missing("data", f"There is no public configuration data in {directory}.")
    return directory
