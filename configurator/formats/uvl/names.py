"""What the names in a constraint stand for: a feature, or an attribute of one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from configurator.engine.errors import suggestion
from configurator.engine.expressions import Binary, Expression, Name, walk
from configurator.formats.uvl.composition import Composition, Constraint, Scope
from configurator.formats.uvl.syntax import LineProblem
from configurator.formats.uvl.tree import Feature

SUGGESTION_LIMIT = 10
"""Unknown names for which the nearest known one is looked for, among at most KNOWN_LIMIT."""
KNOWN_LIMIT = 3_000


@dataclass(frozen=True, eq=False, slots=True)
class Attribute:
    """An attribute and what is declared of it; or, with `scope`, the expression that a constraint sets it equal to."""

    feature: Feature
    name: str
    value: object
    scope: Scope | None = None


class Names:
    """The names of a composed model. Attributes that are only defined by a constraint belong to typed features."""

    def __init__(self, composition: Composition) -> None:
        self.composition = composition
        self.defined: dict[tuple[Feature, str], Attribute] = {}
        self._suggestions = 0
        self.constraints = [self._without_definition(each) for each in composition.constraints]

    def meant(self, scope: Scope, name: Name) -> Feature | Attribute:
        """The feature or attribute of that name; raises LineProblem."""
        owner, rest = self._named(scope, name.name)
        if owner is None:
            raise LineProblem(self._unknown(scope, name.name), name.at)
        if not rest:
            return owner
        if (owner, rest) in self.defined:
            return self.defined[owner, rest]
        for value in _values(owner.attributes, rest):
            return Attribute(owner, rest, value)
        if owner.kind != "Boolean":
            text = f"{owner.name} has no attribute {rest}: declare it, or say {name.name} == ... in a constraint"
            raise LineProblem(text, name.at)
        nearest = self._nearest(rest, [key for key, _ in owner.attributes])
        raise LineProblem(f"{owner.name} has no attribute {rest}{nearest}", name.at)

    def features_of(self, constraint: Constraint) -> set[Feature]:
        """The features that a constraint names, themselves or by an attribute; what is unknown is left out."""
        found = set()
        for node in walk(constraint.expression):
            if isinstance(node, Name):
                feature, _ = self._named(constraint.scope, node.name)
                if feature is not None:
                    found.add(feature)
        return found if constraint.defines is None else found | {constraint.defines}

    def attributes_called(self, name: str, feature: Feature) -> list[Attribute]:
        """What a feature has under this name, declared or defined."""
        found = [Attribute(feature, name, value) for value in _values(feature.attributes, name)]
        return found[:1] or [each for each in [self.defined.get((feature, name))] if each is not None]

    def feature(self, scope: Scope, name: str) -> Feature | None:
        """The feature of that name, if there is one."""
        feature, rest = self._named(scope, name)
        return feature if not rest else None

    def _named(self, scope: Scope, name: str) -> tuple[Feature | None, str]:
        """The feature that a name is, or begins with, and the rest of the name, which is an attribute's."""
        for full in scope.full(name):
            end = len(full)
            while end > 0:
                feature = self.composition.features.get(full[:end])
                if feature is not None:
                    return feature, full[end + 1 :]
                end = full.rfind(".", 0, end)
        return None, ""

    def _without_definition(self, constraint: Constraint) -> Constraint:
        """The constraint; one that defines an attribute turned into its definition."""
        match constraint.expression:
            case Binary("=", Name() as name, definition) if owner := self._define(constraint.scope, name, definition):
                return replace(constraint, expression=definition, defines=owner)
            case Binary("=", definition, Name() as name) if owner := self._define(constraint.scope, name, definition):
                return replace(constraint, expression=definition, defines=owner)
        return constraint

    def _define(self, scope: Scope, name: Name, definition: Expression) -> Feature | None:
        owner, rest = self._named(scope, name.name)
        if owner is None or not rest or owner.kind == "Boolean":
            return None
        if (owner, rest) in self.defined or any(True for _ in _values(owner.attributes, rest)):
            return None
        self.defined[owner, rest] = Attribute(owner, rest, definition, scope)
        return owner

    def _unknown(self, scope: Scope, name: str) -> str:
        for each in scope.file.imports:
            if name.startswith(f"{each.alias}.") and each.file is not None and each.file.root is not None:
                root = f"{each.alias}.{each.file.root.name}"
                if scope.prefix + root not in self.composition.features:
                    return f"there is no feature {name}: {root}, to which it belongs, does not stand in the tree"
        return f"there is no feature {name}{self._nearest(name, list(self.composition.features))}"

    def _nearest(self, name: str, known: list[str]) -> str:
        self._suggestions += 1
        if self._suggestions > SUGGESTION_LIMIT or len(known) > KNOWN_LIMIT:
            return ""
        nearest = suggestion(name, known)
        return f"; did you mean {nearest}?" if nearest else ""


def _values(attributes: tuple[object, ...], name: str) -> Iterator[object]:
    """What attributes say under a name; `Package.Name` is the Name among the attributes of Package."""
    for pair in attributes:
        assert isinstance(pair, tuple)
        key, value = pair
        if key == name:
            yield value
        elif name.startswith(f"{key}.") and isinstance(value, tuple):
            yield from _values(value, name[len(key) + 1 :])
