"""The doors to UVL: a file with what it imports, or a text."""

from pathlib import Path

from configurator.engine.model import Model
from configurator.formats.uvl.assembly import assemble
from configurator.formats.uvl.composition import compose
from configurator.formats.uvl.files import FileReading, UvlFile
from configurator.formats.uvl.tree import Report


def read_uvl(path: Path | str) -> Model:
    """The model in a UVL file and those it imports; raises UvlError that names every mistake with its place."""
    path, report = Path(path), Report()
    return _model(FileReading(report, path.parent).read(path), report)


def parse_uvl(text: str, source: str = "") -> Model:
    """The model in a UVL text that imports nothing; raises UvlError that names every mistake with its place."""
    report = Report()
    return _model(FileReading(report).parse(text, source), report)


def _model(file: UvlFile, report: Report) -> Model:
    composition = compose(file, report)
    if composition is None:
        report.raise_if_any()
    assert composition is not None
    return assemble(composition, report)
