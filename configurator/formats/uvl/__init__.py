"""UVL, the Universal Variability Language, to the engine's model and back.

Language: Benavides et al., "UVL: Feature Modelling with the Universal Variability Language", JSS 225, 2025.
docs/reference/uvl.md says what is read, what each level becomes, and what is refused.
"""

from configurator.formats.uvl.reader import parse_uvl, read_uvl
from configurator.formats.uvl.writer import write_uvl

__all__ = ["parse_uvl", "read_uvl", "write_uvl"]
