"""A product package for a feature model that nobody here wrote.

The tree is folded into real choices. A mandatory feature is its parent; an alternative group becomes one
feature with options; every other feature is a yes-or-no question. So each UVL feature *is* one condition over
the product's features (`flag`, `feature = option`, or simply true), and constraints are rewritten with these.
Each concrete leaf, when it is there, is one bought part under an assembled root.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from configurator.engine.bill import Item
from configurator.engine.expressions import (
    Binary,
    Call,
    Expression,
    Literal,
    Membership,
    Name,
    Negation,
)
from configurator.engine.model import FeatureNode, Model, Rule
from configurator.formats.document_reader import PRICE_LIMIT
from configurator.formats.product_package import (
    BillEntry,
    FeatureEntry,
    OptionEntry,
    ProductHeader,
    ProductPackage,
    RuleEntry,
    SectionEntry,
)
from configurator.formats.rule_language import format_expression
from configurator.formats.uvl import read_uvl

ROOT_ITEM = "ASSEMBLY"
ABSENT = "none"
"""The option of a folded group when its parent is not there."""
TRUE = Literal(True)


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
        self.rules: list[tuple[Expression, str]] = []
        self.base_price = _price(self.root)

    def package(self) -> ProductPackage:
        for group in self.groups():
            self.fold(group)
        for rule in self.model.rules:
            self.rules.append((self.rewrite(rule), rule.text))
        rules = tuple(
            RuleEntry(f"R{number:04}", format_expression(expression), text)
            for number, (expression, text) in enumerate([(each, text) for each, text in self.rules if each != TRUE], 1)
        )
        used = {feature.section for feature in self.features.values()}
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
        self.sections.setdefault(self.root.name, self.root.name)
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

    def fold_alternative(self, group: _Group, above: Expression, section: str) -> None:
        code = self.free_code(group.parent)
        codes = {node.name for node in group.members}
        absent = ABSENT if ABSENT not in codes else f"no {group.parent}"
        options = [OptionEntry(node.name, node.name, price=_price(node)) for node in group.members]
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
            code = self.free_code(node.name)
            flags.append(Name(code))
            self.present[node.name] = Name(code)
            self.features[code] = FeatureEntry(code, node.name, section, default=False, flag=True, price=_price(node))
            if above != TRUE:
                text = f"{node.name} can be had only with {group.parent}."
                self.rules.append((Binary("implies", Name(code), above), text))
        names = ", ".join(node.name for node in group.members)
        if group.kind == "or" or (group.kind == "cardinality" and low == 1):
            some = flags[0]
            for flag in flags[1:]:
                some = Binary("or", some, flag)
            self.rules.append((_implies(above, some), f"{group.parent} needs at least one of {names}."))
        if group.kind == "cardinality":
            count: Expression = Call("if", (flags[0], Literal(1), Literal(0)))
            for flag in flags[1:]:
                count = Binary("+", count, Call("if", (flag, Literal(1), Literal(0))))
            if low > 1:
                enough = Binary(">=", count, Literal(low))
                self.rules.append((_implies(above, enough), f"{group.parent} needs at least {low} of {names}."))
            if high < len(flags):
                text = f"{group.parent} takes at most {high} of {names}."
                self.rules.append((Binary("<=", count, Literal(high)), text))

    def free_code(self, name: str) -> str:
        """The name, or a variation of it when a feature is called so already."""
        taken = self.features
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

    def rewrite(self, rule: Rule) -> Expression:
        return _substitute(rule.expression, self.present)

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


def _implies(condition: Expression, consequence: Expression) -> Expression:
    return consequence if condition == TRUE else Binary("implies", condition, consequence)


def _substitute(expression: Expression, meaning: Mapping[str, Expression]) -> Expression:
    chain: list[Binary] = []
    while isinstance(expression, Binary):
        chain.append(expression)
        expression = expression.left
    match expression:
        case Name(name):
            result = meaning[name]
        case Negation(operand):
            result = _negated(_substitute(operand, meaning))
        case _:
            result = expression
    for link in reversed(chain):
        result = _simplified(link.operator, result, _substitute(link.right, meaning))
    return result


def _simplified(operator: str, left: Expression, right: Expression) -> Expression:
    """The connective without operands that are simply true or false."""
    if TRUE in (left, right):
        other = right if left == TRUE else left
        if operator == "or" or (operator == "implies" and right == TRUE):
            return TRUE
        return other
    if operator == "or" and (alternatives := _one_feature(left, right)) is not None:
        return alternatives
    return Binary(operator, left, right)


def _negated(operand: Expression) -> Expression:
    return operand.operand if isinstance(operand, Negation) else Negation(operand)


def _one_feature(left: Expression, right: Expression) -> Expression | None:
    """`f = a or f = b` as `f in {a, b}`: what a customer's rule would say."""
    match left, right:
        case Binary("=", Name(first), Literal(one)), Binary("=", Name(second), Literal(other)) if first == second:
            return Membership(Name(first), (one, other)) if one != other else left
        case Membership(Name(first), values), Binary("=", Name(second), Literal(other)) if first == second:
            return Membership(Name(first), (*values, other)) if other not in values else left
    return None


def _price(node: FeatureNode) -> Decimal:
    """The attribute Price in whole hundredths; nought when there is none that is a sensible amount."""
    zero = Decimal("0.00")
    for name, value in node.attributes:
        if name.lower() == "price" and isinstance(value, str):
            try:
                price = Decimal(value).quantize(Decimal("0.01"))
            except InvalidOperation:
                return zero
            return price if 0 <= price <= PRICE_LIMIT else zero
    return zero
