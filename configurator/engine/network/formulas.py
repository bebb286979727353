"""From rules to clauses: a rule is taken apart at its connectives down to comparisons and features.

What is a clause already is written as one. Elsewhere parts get a code of their own (Tseitin, "On the complexity of
derivation in propositional calculus", 1968), in both directions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal as Kind

from configurator.engine.expressions import (
    EQUALITY,
    LOGICAL,
    Binary,
    Call,
    Expression,
    Literal,
    Membership,
    Name,
    Negation,
)
from configurator.engine.model import Model
from configurator.engine.network.builder import FALSE, TRUE, NetworkBuilder
from configurator.engine.network.chain_tables import ChainTables
from configurator.engine.network.chains import Chain
from configurator.engine.network.network import opposite

DISTRIBUTION_LIMIT = 64
"""Codes that writing out `a or (b and c)` as two clauses may repeat."""

Signed = tuple[Expression, bool]
"""An expression that is to be true, or false."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A formula by its outermost connective, negations pushed below it.

    `iff` has two operands, its second with the sign; `if` has three, the sign at the last two.
    """

    kind: Kind["and", "or", "iff", "if", "atom"]
    operands: tuple[Signed, ...]


def boolean_parts(node: Expression, model: Model) -> list[Expression] | None:
    """The operands of a logical connective; None for a comparison, which is one thing."""
    match node:
        case Binary(operator, left, right) if operator in LOGICAL:
            return [left, right]
        case Binary(operator, left, right) if operator in EQUALITY and _is_boolean(left, model):
            return [left, right] if _is_boolean(right, model) else None
        case Negation(operand):
            return [operand]
        case Call("if", arguments):
            return list(arguments)
        case Literal(bool()):
            return []
        case Name(name) if isinstance(model.domain(name)[0], bool):
            return []
    return None


def _is_boolean(node: Expression, model: Model) -> bool:
    match node:
        case Binary(operator, _, _):
            return operator not in ("+", "-", "*", "//")
        case Negation() | Membership() | Literal(bool()):
            return True
        case Name(name):
            return isinstance(model.domain(name)[0], bool)
        case Call("if", (_, then, _)):
            return _is_boolean(then, model)
    return False


class Formulas:
    """Writes rules down over the codes of boolean features and the chains of comparisons."""

    def __init__(
        self,
        model: Model,
        builder: NetworkBuilder,
        features: Mapping[str, int],
        comparisons: Mapping[Expression, Chain],
        chains: ChainTables,
    ) -> None:
        self.model, self.builder, self.features = model, builder, features
        self.comparisons, self.chains = comparisons, chains

    def require(self, expression: Expression, origin: int) -> None:
        """The expression must be true."""
        waiting: list[Signed] = [(expression, True)]
        while waiting:
            signed = waiting.pop()
            shape = self.shape(signed)
            if shape.kind == "and":
                waiting += reversed(shape.operands)
                continue
            if shape.kind == "atom":
                atom, wanted = shape.operands[0]
                chain = self.chain_of(atom)
                if chain is not None:
                    self.chains.require(chain, wanted, origin)
                    continue
            for clause in self.clauses(signed):
                self.builder.clause(clause, origin)

    # Shapes

    def shape(self, signed: Signed) -> Shape:
        """The outermost connective of a formula or its negation."""
        expression, wanted = signed
        while isinstance(expression, Negation):
            expression, wanted = expression.operand, not wanted
        match expression:
            case Binary("and" | "or" as operator):
                kind: Kind["and", "or"] = "and" if (operator == "and") is wanted else "or"
                return Shape(kind, tuple((operand, wanted) for operand in _operands(expression)))
            case Binary("implies", left, right):
                return Shape("or" if wanted else "and", ((left, not wanted), (right, wanted)))
            case Binary(operator, left, right) if boolean_parts(expression, self.model) is not None:
                return Shape("iff", ((left, True), (right, wanted is not (operator == "!="))))
            case Call("if", (condition, then, otherwise)):
                return Shape("if", ((condition, True), (then, wanted), (otherwise, wanted)))
        return Shape("atom", ((expression, wanted),))

    def chain_of(self, atom: Expression) -> Chain | None:
        """The chain of a comparison; None for a feature and a constant."""
        if isinstance(atom, Name) or (isinstance(atom, Literal) and isinstance(atom.value, bool)):
            return None
        return self.comparisons[atom]

    def flat(self, kind: str, operands: Sequence[Signed]) -> list[tuple[Signed, Shape]]:
        """The operands of a conjunction or disjunction, those of the same kind replaced by theirs."""
        found: list[tuple[Signed, Shape]] = []
        waiting = list(reversed(operands))
        while waiting:
            signed = waiting.pop()
            shape = self.shape(signed)
            if shape.kind == kind:
                waiting += reversed(shape.operands)
            else:
                found.append((signed, shape))
        return found

    # Clauses

    def clauses(self, signed: Signed) -> list[list[int]]:
        """Clauses that all hold exactly when the formula does."""
        shape = self.shape(signed)
        match shape.kind:
            case "and":
                return [clause for operand, _ in self.flat("and", shape.operands) for clause in self.clauses(operand)]
            case "or":
                return self.disjunction(shape.operands)
            case "iff":
                return self.equivalence(*shape.operands)
            case "if":
                condition, then, otherwise = shape.operands
                code = self.code(condition)
                return [[opposite(code), *clause] for clause in self.clauses(then)] + [
                    [code, *clause] for clause in self.clauses(otherwise)
                ]
        return [self.alternatives(shape.operands[0])]

    def disjunction(self, operands: Sequence[Signed]) -> list[list[int]]:
        """One clause, or one for each part of an operand that is a conjunction; other such operands get a code."""
        codes: list[int] = []
        compound: list[Signed] = []
        for signed, shape in self.flat("or", operands):
            if shape.kind == "atom":
                codes += self.alternatives(shape.operands[0])
            else:
                compound.append(signed)
        codes += [self.code(signed) for signed in compound[:-1]]
        if not compound:
            return [codes]
        parts = len(self.flat("and", [compound[-1]]))
        if parts > 2 and parts * len(codes) > DISTRIBUTION_LIMIT:
            return [[*codes, self.code(compound[-1])]]
        return [codes + clause for clause in self.clauses(compound[-1])]

    def equivalence(self, left: Signed, right: Signed) -> list[list[int]]:
        """Both directions; a side that is a clause or a conjunction of features needs no code."""
        if self.is_simple(left) and self.is_simple(right) and "atom" in (self.shape(left).kind, self.shape(right).kind):
            return self.disjunction([_negated(left), right]) + self.disjunction([left, _negated(right)])
        one, other = self.code(left), self.code(right)
        return [[opposite(one), other], [one, opposite(other)]]

    def is_simple(self, signed: Signed) -> bool:
        """Whether a formula is an atom, or a conjunction or disjunction of atoms."""
        shape = self.shape(signed)
        if shape.kind in ("and", "or"):
            return all(inner.kind == "atom" for _, inner in self.flat(shape.kind, shape.operands))
        return shape.kind == "atom"

    # Codes

    def alternatives(self, atom: Signed) -> list[int]:
        """Codes of which one holds exactly when the atom does."""
        expression, wanted = atom
        match expression:
            case Literal(bool() as value):
                return [TRUE] if value is wanted else []
            case Name(name):
                return [self.features[name] if wanted else opposite(self.features[name])]
        return self.chains.alternatives(self.comparisons[expression], wanted)

    def code(self, signed: Signed) -> int:
        """A code that holds exactly when the formula does."""
        shape = self.shape(signed)
        match shape.kind:
            case "or":
                return self.builder.disjunction(self.disjuncts(shape.operands))
            case "and":
                return opposite(self.builder.disjunction(self.disjuncts([_negated(each) for each in shape.operands])))
            case "iff":
                return self.builder.equivalence(*[self.code(operand) for operand in shape.operands])
            case "if":
                return self.builder.choice(*[self.code(operand) for operand in shape.operands])
        expression, wanted = shape.operands[0]
        chain = self.chain_of(expression)
        if chain is None:
            codes = self.alternatives((expression, wanted))
            return codes[0] if codes else FALSE
        code = self.chains.code(chain)
        return code if wanted else opposite(code)

    def disjuncts(self, operands: Sequence[Signed]) -> list[int]:
        """Codes of which one holds exactly when one of the operands does."""
        codes: list[int] = []
        for signed, shape in self.flat("or", operands):
            codes += self.alternatives(shape.operands[0]) if shape.kind == "atom" else [self.code(signed)]
        return codes


def _negated(signed: Signed) -> Signed:
    return signed[0], not signed[1]


def _operands(expression: Expression) -> list[Expression]:
    """The operands of a chain of one operator, left to right."""
    operator = expression.operator if isinstance(expression, Binary) else ""
    operands: list[Expression] = []
    while isinstance(expression, Binary) and expression.operator == operator:
        operands.append(expression.right)
        expression = expression.left
    return [expression, *reversed(operands)]
