"""Readers and writers between files and the engine's values."""

from configurator.formats.findings import Finding, FormatError, PackageError, UvlError
from configurator.formats.model_file import read_model
from configurator.formats.package_yaml import parse_product_package, read_product_package, write_product_package
from configurator.formats.product_package import (
    BillEntry,
    FeatureEntry,
    OptionEntry,
    ParameterEntry,
    ProductHeader,
    ProductPackage,
    RuleEntry,
    SectionEntry,
    TableEntry,
    major_units,
    minor_units,
)
from configurator.formats.rule_language import RuleSyntaxError, format_expression, parse_expression
from configurator.formats.rule_meaning import MeaningError, position_of, resolve, resolve_formula
from configurator.formats.uvl import parse_uvl, read_uvl
from configurator.formats.uvl_package import package_from_tree, package_from_uvl

__all__ = [
    "BillEntry",
    "FeatureEntry",
    "Finding",
    "FormatError",
    "MeaningError",
    "OptionEntry",
    "PackageError",
    "ParameterEntry",
    "ProductHeader",
    "ProductPackage",
    "RuleEntry",
    "RuleSyntaxError",
    "SectionEntry",
    "TableEntry",
    "UvlError",
    "format_expression",
    "major_units",
    "minor_units",
    "package_from_tree",
    "package_from_uvl",
    "parse_expression",
    "parse_product_package",
    "parse_uvl",
    "position_of",
    "read_model",
    "read_product_package",
    "read_uvl",
    "resolve",
    "resolve_formula",
    "write_product_package",
]
