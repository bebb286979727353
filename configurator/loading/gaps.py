"""What a package leaves out: options without a price, without a part of the bill, without a picture.

Each may be meant, so that all of these are notices. A package that has none of a kind anywhere is told once.
"""

from collections.abc import Iterator

from configurator.engine import BillLine, Expression, Literal, Membership, Name, Value
from configurator.engine.expressions import EQUALITY, Binary, walk
from configurator.formats import FeatureEntry, ProductPackage
from configurator.ports import Finding, Severity

NO_PRICE, NO_BILL, NO_PICTURE = "no_price", "no_bill", "no_picture"
SHOWN_OPTIONS = 6


def gaps(package: ProductPackage) -> Iterator[Finding]:
    """The gaps of each kind, in the order of the features."""
    yield from _without_price(package)
    yield from _without_bill(package)
    yield from _without_picture(package)


def _notice(where: str, text: str, code: str) -> Finding:
    return Finding(Severity.NOTICE, where, text, code)


def _without_price(package: ProductPackage) -> Iterator[Finding]:
    """Options beside the standard that add nothing: the standard is in the base price."""
    if not any(option.price for feature in package.features for _, option in feature.answers()):
        yield _notice(package.product.code, "No option has a price: every configuration costs the same.", NO_PRICE)
        return
    for feature in package.features:
        standard = False if feature.flag else feature.default
        free = [option.name for value, option in feature.answers() if value != standard and not option.price]
        if feature.flag and free:
            yield _notice(feature.code, f"{feature.name} has no price: it costs nothing.", NO_PRICE)
        elif free and (standard is not None or len(free) > 1):
            yield _notice(feature.code, f"{feature.name}: {_listed(free)} without a price.", NO_PRICE)


def _without_bill(package: ProductPackage) -> Iterator[Finding]:
    """Options that no formula of the bill tells apart, and numbers that no formula reads."""
    told = _Told(package.bill()[2])
    root = {item.code: item.parameters for item in package.items}.get(package.product.root_item, ())
    for feature in package.features:
        alike = [names for names in told.alike(feature) if len(names) > 1 and feature.code not in root]
        if feature.flag and alike:
            yield _notice(feature.code, f"{feature.name} changes nothing in the bill.", NO_BILL)
        for names in () if feature.flag else alike:
            yield _notice(feature.code, f"{feature.name}: the bill is the same for {_listed(names)}.", NO_BILL)
    for parameter in package.parameters:
        if parameter.code not in told.read and parameter.code not in root:
            yield _notice(parameter.code, f"{parameter.name} changes nothing in the bill.", NO_BILL)


def _without_picture(package: ProductPackage) -> Iterator[Finding]:
    """Options beside the standard that show no layer of the picture."""
    if not package.product.picture:
        yield _notice(package.product.code, "The product has no picture.", NO_PICTURE)
        return
    for feature in package.features:
        answers = [(value, option) for value, option in feature.answers() if value is not False]
        bare = [option.name for _, option in answers if not option.parts]
        if feature.flag and bare:
            yield _notice(feature.code, f"{feature.name} is not in the picture.", NO_PICTURE)
        elif len(bare) > 1:
            yield _notice(feature.code, f"{feature.name}: the picture is the same for {_listed(bare)}.", NO_PICTURE)


class _Told:
    """What the formulas of a bill ask of each feature."""

    def __init__(self, lines: tuple[BillLine, ...]) -> None:
        self.read: set[str] = set()
        """Features whose value itself is used, passed on or compared with another's."""
        self._asked: dict[str, set[frozenset[Value]]] = {}
        for line in lines:
            for formula in (line.quantity, line.condition, *line.parameters.values()):
                if formula is not None:
                    self._look(formula)

    def alike(self, feature: FeatureEntry) -> list[list[str]]:
        """The names of the options, those together that nothing tells apart."""
        groups: dict[object, list[str]] = {}
        for value, option in feature.answers():
            asked = self._asked.get(feature.code, set())
            key: object = value if feature.code in self.read else frozenset(each for each in asked if value in each)
            groups.setdefault(key, []).append(option.name)
        return list(groups.values())

    def _look(self, formula: Expression) -> None:
        compared: set[int] = set()
        for node in walk(formula):
            match node:
                case Binary(operator, Name(name) as side, Literal(value)) if operator in EQUALITY:
                    self._asked.setdefault(name, set()).add(frozenset({value}))
                    compared.add(id(side))
                case Binary(operator, Literal(value), Name(name) as side) if operator in EQUALITY:
                    self._asked.setdefault(name, set()).add(frozenset({value}))
                    compared.add(id(side))
                case Membership(Name(name) as side, values):
                    self._asked.setdefault(name, set()).add(frozenset(values))
                    compared.add(id(side))
                case Name(name) if id(node) not in compared:
                    self.read.add(name)


def _listed(names: list[str]) -> str:
    more = len(names) - SHOWN_OPTIONS
    return ", ".join(names[:SHOWN_OPTIONS]) + (f" and {more} more" if more > 0 else "")
