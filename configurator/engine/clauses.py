"""Building clauses: literals are integers, their negation is the negative, as every SAT solver reads them."""

from collections.abc import Sequence

PAIRWISE_LIMIT = 6
"""Up to so many literals, at-most-one is written pair by pair."""

Clause = tuple[int, ...]


class Clauses:
    """A growing set of clauses, and definitions shared by structure: one literal for one meaning."""

    def __init__(self) -> None:
        self.top = 0
        self.hard: list[Clause] = []
        self._defined: dict[tuple[str, Clause], int] = {}
        self.true = self.new()
        self.hard.append((self.true,))

    def new(self) -> int:
        """A literal not used before."""
        self.top += 1
        return self.top

    def conjunction(self, literals: Sequence[int]) -> int:
        """A literal that is true exactly when all the literals are."""
        kept = dict.fromkeys(literal for literal in literals if literal != self.true)
        if -self.true in kept or any(-literal in kept for literal in kept):
            return -self.true
        if len(kept) <= 1:
            return next(iter(kept), self.true)
        key = ("and", tuple(sorted(kept)))
        known = self._defined.get(key)
        if known is None:
            known = self._defined[key] = self.new()
            self.hard += [(-known, literal) for literal in kept]
            self.hard.append((known, *(-literal for literal in kept)))
        return known

    def disjunction(self, literals: Sequence[int]) -> int:
        """A literal that is true exactly when one of the literals is."""
        return -self.conjunction([-literal for literal in literals])

    def equivalence(self, left: int, right: int) -> int:
        """A literal that is true exactly when both literals are alike."""
        if self.true in (left, right):
            return right if left == self.true else left
        if -self.true in (left, right):
            return -right if left == -self.true else -left
        if left in (right, -right):
            return self.true if left == right else -self.true
        first, second = sorted((abs(left), abs(right)))
        key = ("iff", (first, second))
        known = self._defined.get(key)
        if known is None:
            known = self._defined[key] = self.new()
            self.hard += [(-known, -first, second), (-known, first, -second)]
            self.hard += [(known, first, second), (known, -first, -second)]
        return known if (left > 0) == (right > 0) else -known

    def choice(self, condition: int, then: int, otherwise: int) -> int:
        """A literal that is `then` where the condition is true and `otherwise` elsewhere."""
        return self.conjunction([self.disjunction([-condition, then]), self.disjunction([condition, otherwise])])

    def decision(self, classes: Sequence[int], children: Sequence[int]) -> int:
        """A literal that is the child standing beside that one of the classes which holds."""
        if len(set(children)) == 1:
            return children[0]
        if set(children) == {self.true, -self.true}:
            held = [literal for literal, child in zip(classes, children) if child == self.true]
            if len(held) == 1:
                return held[0]
            if len(held) == len(classes) - 1:
                return -next(literal for literal, child in zip(classes, children) if child != self.true)
        key = ("decision", (*classes, *children))
        known = self._defined.get(key)
        if known is None:
            known = self._defined[key] = self.new()
            for literal, child in zip(classes, children):
                if child != self.true:
                    self.hard.append((-known, -literal) if child == -self.true else (-known, -literal, child))
                if child != -self.true:
                    self.hard.append((known, -literal) if child == self.true else (known, -literal, -child))
        return known

    def exactly_one(self, literals: Sequence[int]) -> list[Clause]:
        """Clauses that hold when exactly one of the literals is true."""
        return [tuple(literals), *self.at_most_one(literals)]

    def at_most_one(self, literals: Sequence[int]) -> list[Clause]:
        """Clauses that hold when no two of the literals are true; a ladder when there are many.

        Ladder: Sinz, "Towards an Optimal CNF Encoding of Boolean Cardinality Constraints", CP 2005.
        """
        if len(literals) <= PAIRWISE_LIMIT:
            return [(-a, -b) for index, a in enumerate(literals) for b in literals[:index]]
        clauses: list[Clause] = []
        passed = 0
        for literal in literals:
            if passed:
                clauses.append((-passed, -literal))
            step = self.new()
            clauses.append((-literal, step))
            if passed:
                clauses.append((-passed, step))
            passed = step
        return clauses

    def count_between(self, literals: Sequence[int], low: int, high: int) -> list[Clause]:
        """Clauses that hold when at least `low` and at most `high` of the literals are true.

        A sequential counter, as in Sinz; `reached[j]` is defined as: more than j of the literals so far.
        """
        if low <= 0 and high >= len(literals):
            return []
        if low <= 1 and high >= len(literals):
            return [tuple(literals)]
        reached: list[int] = []
        width = min(max(low, high + 1), len(literals))
        for literal in literals:
            previous = reached
            reached = []
            for index in range(min(len(previous) + 1, width)):
                before = previous[index] if index < len(previous) else -self.true
                one_less = previous[index - 1] if index else self.true
                reached.append(self.disjunction([before, self.conjunction([one_less, literal])]))
        clauses: list[Clause] = []
        if low > 0:
            clauses.append((reached[low - 1],) if low <= len(reached) else ())
        if high < len(literals):
            clauses.append((-reached[high],) if high >= 0 else ())
        return clauses
