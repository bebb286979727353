"""The groups of a feature tree as clauses, and how a conflict names them."""

from collections.abc import Mapping, Sequence

from configurator.engine.model import FeatureNode, RuleRef
from configurator.engine.network.axes import Axes
from configurator.engine.network.builder import NetworkBuilder
from configurator.engine.network.chain_tables import ChainTables
from configurator.engine.network.chains import Chain, from_count
from configurator.engine.network.network import opposite


class Groups:
    """Writes groups down; that a joined group has one member at most is in its variable already."""

    def __init__(self, axes: Axes, builder: NetworkBuilder, features: Mapping[str, int], chains: ChainTables) -> None:
        self.axes, self.builder, self.features, self.chains = axes, builder, features, chains

    def require(self, parent: str | None, members: Sequence[FeatureNode], origin: int) -> None:
        """The group's members are chosen as its kind demands, and only with the parent."""
        clause = self.builder.clause
        codes = [self.features[node.name] for node in members]
        if parent is None:
            for code in codes:
                clause([code], origin)
            return
        above = self.features[self.axes.model.variable(parent).name]
        low, high = bounds(members)
        if self.axes.is_joined(members[0].name):
            variable = self.builder.variable_of[codes[0] >> 1]
            none = self.builder.code(self.builder.start[variable])
            clause([above, none], origin)
            if low:
                clause([opposite(above), opposite(none)], origin)
            return
        for code in codes:
            clause([above, opposite(code)], origin)
        if max(low, 0) > min(high, len(codes)):
            clause([opposite(above)], origin)
            return
        if low == len(codes):
            for code in codes:
                clause([opposite(above), code], origin)
            return
        if low == 1:
            clause([opposite(above), *codes], origin)
        if high == len(codes) - 1:
            clause([opposite(above), *map(opposite, codes)], origin)
        if low > 1 or high < len(codes) - 1:
            chain = self.count(members, low, high)
            clause([opposite(above), *self.chains.alternatives(chain, True)], origin)

    def count(self, members: Sequence[FeatureNode], low: int, high: int) -> Chain:
        """The chain that says whether `low` to `high` members are chosen."""
        parts = self.axes.parts(node.name for node in members)
        where = group_reference(members[0].parent, members[0].group_number, members)
        return from_count(where.code, "its members", parts, low, high)


def bounds(members: Sequence[FeatureNode]) -> tuple[int, int]:
    """How many members a group has when its parent is chosen, at least and at most."""
    size = len(members)
    return {
        "mandatory": (size, size),
        "optional": (0, size),
        "or": (1, size),
        "alternative": (1, 1),
        "cardinality": members[0].cardinality,
    }[members[0].group]


def group_reference(parent: str | None, number: int, members: Sequence[FeatureNode]) -> RuleRef:
    """How a conflict names a group of the feature tree."""
    shown = [node.name for node in members[:4]] + (["..."] if len(members) > 4 else [])
    listed, kind = ", ".join(shown), members[0].group
    if parent is None:
        return RuleRef("root", f"{listed} is always part of the product.")
    low, high = members[0].cardinality
    texts = {
        "mandatory": f"{parent} always includes {listed}, and these come only with it.",
        "optional": f"{listed} can be had only with {parent}.",
        "or": f"{parent} needs at least one of {listed}, and these come only with it.",
        "alternative": f"{parent} needs exactly one of {listed}, and these come only with it.",
        "cardinality": f"{parent} needs {low} to {high} of {listed}, and these come only with it.",
    }
    return RuleRef(f"{parent}/{kind}/{number}", texts[kind])
