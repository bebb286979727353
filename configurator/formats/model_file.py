"""One door to every file that holds a model."""

from pathlib import Path

from configurator.engine.model import Model
from configurator.formats.findings import Finding, FormatError
from configurator.formats.package_yaml import read_product_package
from configurator.formats.uvl import read_uvl


def read_model(path: Path | str) -> Model:
    """The model in a product package (.yaml, .yml) or a UVL file (.uvl); raises FormatError."""
    path = Path(path)
    match path.suffix.lower():
        case ".yaml" | ".yml":
            return read_product_package(path).to_model()
        case ".uvl":
            return read_uvl(path)
    raise FormatError(
        [Finding(path.name, 0, 0, f"{path.suffix or 'no ending'} is not known: known are .yaml and .uvl")]
    )
