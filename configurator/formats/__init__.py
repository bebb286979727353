"""Readers and writers between files and the engine's values."""

from configurator.formats.findings import Finding, FormatError, PackageError, UvlError
from configurator.formats.rule_language import RuleSyntaxError, format_expression, parse_expression
from configurator.formats.rule_meaning import MeaningError, position_of, resolve, resolve_formula

__all__ = [
    "Finding",
    "FormatError",
    "MeaningError",
    "PackageError",
    "RuleSyntaxError",
    "UvlError",
    "format_expression",
    "parse_expression",
    "position_of",
    "resolve",
    "resolve_formula",
]
