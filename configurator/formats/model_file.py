"""One door to every file that holds a model."""

from collections.abc import Callable
from pathlib import Path

from configurator.engine.model import Model
from configurator.formats.dimacs import read_dimacs
from configurator.formats.excel import read_product_workbook
from configurator.formats.findings import Finding, FormatError
from configurator.formats.package_yaml import read_product_package
from configurator.formats.uvl import read_uvl
from configurator.formats.xcsp import read_xcsp

_READERS: dict[str, Callable[[Path], Model]] = {
    ".yaml": lambda path: read_product_package(path).to_model(),
    ".yml": lambda path: read_product_package(path).to_model(),
    ".xlsx": lambda path: read_product_workbook(path).to_model(),
    ".uvl": read_uvl,
    ".dimacs": read_dimacs,
    ".cnf": read_dimacs,
    ".xml": read_xcsp,
}


def read_model(path: Path | str) -> Model:
    """The model in a product package or a UVL, DIMACS or XCSP file, as its ending says; raises FormatError."""
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        *endings, last = _READERS
        reason = f"{path.suffix or 'no ending'} is not known: known are {', '.join(endings)} and {last}"
        raise FormatError([Finding(path.name, 0, 0, reason)])
    return reader(path)
