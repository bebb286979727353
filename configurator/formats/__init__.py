"""Readers and writers between files and the engine's values."""

from configurator.formats.dimacs import parse_dimacs, read_dimacs
from configurator.formats.excel import parse_product_workbook, read_product_workbook
from configurator.formats.excel_writing import write_product_workbook
from configurator.formats.findings import DimacsError, Finding, FormatError, PackageError, UvlError, XcspError
from configurator.formats.model_file import read_model
from configurator.formats.package_yaml import parse_product_package, read_product_package, write_product_package
from configurator.formats.product_package import (
    BillEntry,
    ExampleEntry,
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
from configurator.formats.uvl import parse_uvl, read_uvl, write_uvl
from configurator.formats.uvl_package import package_from_tree, package_from_uvl
from configurator.formats.xcsp import parse_xcsp, read_xcsp

__all__ = [
    "BillEntry",
    "DimacsError",
    "ExampleEntry",
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
    "XcspError",
    "format_expression",
    "major_units",
    "minor_units",
    "package_from_tree",
    "package_from_uvl",
    "parse_dimacs",
    "parse_expression",
    "parse_product_package",
    "parse_product_workbook",
    "parse_uvl",
    "parse_xcsp",
    "position_of",
    "read_dimacs",
    "read_model",
    "read_product_package",
    "read_product_workbook",
    "read_uvl",
    "read_xcsp",
    "resolve",
    "resolve_formula",
    "write_product_package",
    "write_product_workbook",
    "write_uvl",
]
