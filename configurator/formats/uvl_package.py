"""A product package for a feature model that nobody here wrote.

The tree is folded into real choices. A mandatory feature is its parent; an alternative group becomes one
feature with options; every other feature is a yes-or-no question. So each UVL feature *is* one condition over
the product's features (`flag`, `feature = option`, or simply true), and constraints are rewritten with these.
The number of a typed feature becomes a parameter, its word a feature with options. Each concrete leaf without such
a value, when it is there, is one bought part under an assembled root.
"""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from math import gcd
from pathlib import Path

from configurator.engine.bill import Item
from configurator.engine.expressions import Binary, Call, Expression, Literal, Name, Value, evaluate, names
from configurator.engine.model import FeatureNode, Model, Rule, Variable
from configurator.formats.document_reader import NUMBER_LIMIT, PRICE_LIMIT
from configurator.formats.findings import Finding, UvlError
from configurator.formats.product_package import (
    BillEntry,
    FeatureEntry,
    OptionEntry,
    ParameterEntry,
    ProductHeader,
    ProductPackage,
    RuleEntry,
    SectionEntry,
)
from configurator.formats.rule_language import format_expression
from configurator.formats.uvl import read_uvl
from configurator.formats.uvl.logic import TRUE
from configurator.formats.uvl_package_rules import Substitution, implied

ROOT_ITEM = "ASSEMBLY"
ABSENT = "none"
"""The option of a folded group when its parent is not there, and of a word when its feature is not."""


def package_from_uvl(path: Path | str) -> ProductPackage:
    """The product package of a UVL file; raises UvlError. Prices come from attributes called Price."""
    return package_from_tree(read_uvl(path))


def package_from_tree(model: Model) -> ProductPackage:
    """The product package of a model with a feature tree."""
    return _Folding(model).package()


@dataclass
class _Group:
    parent: str
    number: int
    kind: str
    members: list[FeatureNode] = field(default_factory=list)


class _Folding:
    """One walk down the tree; `present` says for every UVL feature when it is there."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.root = model.tree[0]
        self.present: dict[str, Expression] = {self.root.name: TRUE}
        self.sections: dict[str, str] = {}
        self.features: dict[str, FeatureEntry] = {}
        self.parameters: dict[str, ParameterEntry] = {}
        self.links = {rule.code: rule.expression for rule in model.rules}
        self.absent = self.free_word()
        self.values: dict[str, tuple[Value, ...]] = {}
        self.substitution = Substitution(self.present, self.absent, self.values)
        self.reserved: set[str] = set()
        self.settled: set[str] = set()
        self.rules: list[tuple[Expression, str]] = []
        self.base_price = _price(self.root)

    def package(self) -> ProductPackage:
        self.sections[self.root.name] = self.root.name
        self.add_value(self.root, self.root.name)
        for group in self.groups():
            self.fold(group)
        for rule in self.model.rules:
            if rule.code not in self.settled:
                self.rules.append((self.substitution.of(rule.expression), rule.text))
        rules = tuple(
            RuleEntry(f"R{number:04}", format_expression(expression), text)
            for number, (expression, text) in enumerate([(each, text) for each, text in self.rules if each != TRUE], 1)
        )
        used = {feature.section for feature in self.features.values()}
        used |= {parameter.section for parameter in self.parameters.values()}
        items, lines = self.bill()
        header = ProductHeader(
            code=_slug(self.model.name),
            name=self.root.name,
            root_item=ROOT_ITEM,
            text=f"Made from the feature model {self.model.name}.",
            base_price=self.base_price,
        )
        return ProductPackage(
            product=header,
            sections=tuple(SectionEntry(name, name) for name in dict.fromkeys(self.sections.values()) if name in used),
            features=tuple(self.features.values()),
            parameters=tuple(self.parameters.values()),
            rules=rules,
            items=items,
            lines=lines,
        )

    def groups(self) -> list[_Group]:
        """The groups of the tree, parents before children."""
        groups: dict[tuple[str, int], _Group] = {}
        for node in self.model.tree:
            if node.parent is not None:
                key = (node.parent, node.group_number)
                groups.setdefault(key, _Group(*key, node.group)).members.append(node)
        return list(groups.values())

    def fold(self, group: _Group) -> None:
        above = self.present[group.parent]
        for node in group.members:
            self.sections[node.name] = node.name if group.parent == self.root.name else self.sections[group.parent]
        section = self.root.name if group.parent == self.root.name else self.sections[group.parent]
        single = len(group.members) == 1
        low, high = group.members[0].cardinality
        if group.kind == "mandatory" or (single and (group.kind in ("or", "alternative") or low == 1)):
            for node in group.members:
                self.present[node.name] = above
                self.add_price(above, _price(node))
        elif group.kind == "alternative" or (group.kind == "cardinality" and (low, high) == (1, 1)):
            self.fold_alternative(group, above, section)
        else:
            self.fold_flags(group, above, section, low, high)
        for node in group.members:
            self.add_value(node, section)

    def fold_alternative(self, group: _Group, above: Expression, section: str) -> None:
        code = self.free_code(group.parent)
        codes = {node.name for node in group.members}
        absent = ABSENT if ABSENT not in codes else f"no {group.parent}"
        options = [OptionEntry(node.name, _shown(node), price=_price(node)) for node in group.members]
        if above != TRUE:
            options.insert(0, OptionEntry(absent, "None"))
            there = Binary("!=", Name(code), Literal(absent))
            text = f"{code} has to be chosen with {group.parent}, and only then."
            self.rules.append((Binary("iff", above, there), text))
        for node in group.members:
            self.present[node.name] = Binary("=", Name(code), Literal(node.name))
        self.features[code] = FeatureEntry(code, code, section, options=tuple(options))

    def fold_flags(self, group: _Group, above: Expression, section: str, low: int, high: int) -> None:
        flags: list[Expression] = []
        for node in group.members:
            flag = self.value_as_flag(node) if group.kind == "optional" and not _price(node) else None
            if flag is None:
                code = self.free_code(node.name)
                flag = Name(code)
                self.features[code] = FeatureEntry(
                    code, _shown(node), section, default=False, flag=True, price=_price(node)
                )
            flags.append(flag)
            self.present[node.name] = flag
            if above != TRUE:
                text = f"{_shown(node)} can be had only with {group.parent}."
                self.rules.append((implied(flag, above), text))
        listed = ", ".join(map(_shown, group.members))
        if group.kind == "or" or (group.kind == "cardinality" and low == 1):
            some = flags[0]
            for flag in flags[1:]:
                some = Binary("or", some, flag)
            self.rules.append((implied(above, some), f"{group.parent} needs at least one of {listed}."))
        if group.kind == "cardinality":
            count: Expression = Call("if", (flags[0], Literal(1), Literal(0)))
            for flag in flags[1:]:
                count = Binary("+", count, Call("if", (flag, Literal(1), Literal(0))))
            if low > 1:
                enough = Binary(">=", count, Literal(low))
                self.rules.append((implied(above, enough), f"{group.parent} needs at least {low} of {listed}."))
            if high < len(flags):
                text = f"{group.parent} takes at most {high} of {listed}."
                self.rules.append((Binary("<=", count, Literal(high)), text))

    # Values of typed features

    def value_as_flag(self, node: FeatureNode) -> Expression | None:
        """`value != absent`, where the value alone tells whether the feature is there."""
        match self.links.get(f"{node.value}/value") if node.value else None:
            case Binary("iff", Name(name), Binary("!=", Name(value), Literal(absent))) if name == node.name:
                self.code_of_value(value)
                return self.substitution.of(Binary("!=", Name(value), Literal(absent)))
        return None

    def code_of_value(self, value: str) -> str:
        """The code of the feature or parameter that carries a value."""
        known = self.present.get(value)
        if known is None:
            known = self.present[value] = Name(self.free_code(value))
            self.reserved.add(known.name)
            self.values[known.name] = self.kept_values(self.model.variable(value))
        assert isinstance(known, Name)
        return known.name

    @cached_property
    def rules_alone(self) -> dict[str, list[Rule]]:
        """The rules about one variable alone."""
        found: dict[str, list[Rule]] = {}
        for rule in self.model.rules:
            asked = names(rule.expression)
            if len(asked) == 1:
                found.setdefault(next(iter(asked)), []).append(rule)
        return found

    def kept_values(self, variable: Variable) -> tuple[Value, ...]:
        """The values of a typed feature that rules about it alone leave; these rules are settled with that."""
        kept = variable.domain
        for rule in self.rules_alone.get(variable.name, ()):
            left = tuple(value for value in kept if evaluate(rule.expression, {variable.name: value}))
            if left:
                kept = left
                self.settled.add(rule.code)
        return tuple(self.absent if value == "" else value for value in kept)

    def add_value(self, node: FeatureNode, section: str) -> None:
        """A parameter for a typed feature's number, a feature with options for its word."""
        if not node.value:
            return
        variable, code = self.model.variable(node.value), self.code_of_value(node.value)
        numbers = [value for value in self.values[code] if isinstance(value, int)]
        if not numbers:
            words = map(str, self.values[code])
            options = tuple(OptionEntry(word, "None" if word == self.absent else word) for word in words)
            self.features[code] = FeatureEntry(code, node.value, section, options=options)
            return
        if max(map(abs, numbers)) > NUMBER_LIMIT:
            text = f"{node.value} goes beyond {NUMBER_LIMIT:,}, which is as far as a product's parameters go"
            raise UvlError([Finding(self.model.name, 0, 0, text)])
        self.add_parameter(
            ParameterEntry(code, node.value, section, numbers[0], numbers[-1], "", variable.unit), numbers
        )

    def add_parameter(self, entry: ParameterEntry, numbers: list[int]) -> None:
        """The parameter, and a rule for every gap between its numbers."""
        step = gcd(*(number - numbers[0] for number in numbers)) or 1
        self.parameters[entry.code] = replace(entry, step=step)
        for low, high in pairwise(numbers):
            if high - low > step:
                around = Binary("or", Binary("<=", Name(entry.code), Literal(low)), _at_least(entry.code, high))
                self.rules.append((around, f"{entry.name} is nothing between {low} and {high}."))

    def free_word(self) -> str:
        """A word for what is not there that no word of the model is equal to."""
        words = {value for variable in self.model.variables for value in variable.domain if isinstance(value, str)}
        word = ABSENT
        while word in words:
            word = f"no {word}"
        return word

    def free_code(self, name: str) -> str:
        """The name, or a variation of it when a feature is called so already."""
        taken = self.reserved | self.features.keys()
        if name not in taken:
            return name
        code, number = f"{name}: kind", 2
        while code in taken:
            code, number = f"{name}: kind {number}", number + 1
        return code

    def add_price(self, condition: Expression, price: Decimal) -> None:
        """Let a mandatory feature's price count wherever the condition that stands for it holds."""
        if not price:
            return
        match condition:
            case Literal():
                self.base_price += price
            case Name(code):
                self.features[code] = replace(self.features[code], price=self.features[code].price + price)
            case Binary(_, Name(code), Literal(value)):
                options = tuple(
                    replace(option, price=option.price + price) if option.code == value else option
                    for option in self.features[code].options
                )
                self.features[code] = replace(self.features[code], options=options)

    def bill(self) -> tuple[tuple[Item, ...], tuple[BillEntry, ...]]:
        items = [Item(ROOT_ITEM, self.root.name, made=True)]
        lines: list[BillEntry] = []
        leaves = self.model.concrete_leaves()
        width = max(3, len(str(len(leaves))))
        for number, leaf in enumerate(leaves, 1):
            code = f"PART-{number:0{width}}"
            condition = self.present[leaf]
            items.append(Item(code, leaf, made=False))
            lines.append(BillEntry(ROOT_ITEM, code, "1", "" if condition == TRUE else format_expression(condition)))
        return tuple(items), tuple(lines)


def _slug(name: str) -> str:
    """The name as it can stand in an address: letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:50].strip("-") or "product"


def _shown(node: FeatureNode) -> str:
    """How a customer reads a feature's name: that of its value, if it has one."""
    return node.value or node.name


def _at_least(code: str, number: int) -> Expression:
    return Binary(">=", Name(code), Literal(number))


def _price(node: FeatureNode) -> Decimal:
    """The attribute Price in whole hundredths; nought when there is none that is a sensible amount."""
    zero = Decimal("0.00")
    for name, value in node.attributes:
        if name.lower() == "price" and isinstance(value, Decimal):
            return value.quantize(Decimal("0.01")) if 0 <= value <= PRICE_LIMIT else zero
    return zero
