"""A growing network, and hidden variables that are fixed by what they are defined from.

Definitions hold in both directions, so that a network has as many solutions as the model has selections.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from configurator.engine.errors import ModelTooLarge
from configurator.engine.network.network import DEFINITION, Network, NetworkTable, fails, holds, opposite

Int64s = NDArray[np.int64]

TRUE, FALSE = -2, -1
"""Constants beside the codes; each is the opposite of the other, as with codes."""
CODE_LIMIT = 20_000_000
"""Codes of all clauses together."""
CELL_LIMIT = 30_000_000
"""Cells of all tables together."""


class NetworkBuilder:
    """Variables, clauses and tables; definitions are shared: one hidden variable for one meaning.

    A variable of two literals appears in clauses through its second literal only, so that one fact has one code.
    """

    def __init__(self) -> None:
        self.start = [0]
        self.hidden: list[bool] = []
        self.variable_of: list[int] = []
        self.clauses: list[tuple[int, ...]] = []
        self.clause_origin: list[int] = []
        self.tables: list[NetworkTable] = []
        self.codes = self.cells = 0
        self._disjunctions: dict[tuple[int, ...], int] = {}
        self._equivalences: dict[tuple[int, int], int] = {}
        self._choices: dict[tuple[int, int, int], int] = {}
        self._members: dict[tuple[int, bytes], int] = {}
        self._views: dict[tuple[int, bytes], int] = {}
        self._copies: dict[int, int] = {}

    def network(self) -> Network:
        """What has been built so far."""
        return Network(
            np.array(self.start, dtype=np.int32),
            np.array(self.hidden, dtype=np.bool_),
            tuple(self.clauses),
            tuple(self.clause_origin),
            tuple(self.tables),
        )

    # Variables and codes

    def variable(self, size: int, hidden: bool = False) -> int:
        """A new variable with that many literals."""
        number = len(self.hidden)
        self.start.append(self.start[-1] + size)
        self.hidden.append(hidden)
        self.variable_of += [number] * size
        return number

    def size(self, variable: int) -> int:
        """Number of literals of a variable."""
        return self.start[variable + 1] - self.start[variable]

    def literals(self, variable: int) -> Int64s:
        """The literals of a variable."""
        return np.arange(self.start[variable], self.start[variable + 1])

    def code(self, literal: int) -> int:
        """The code that says the literal holds."""
        variable = self.variable_of[literal]
        first, size = self.start[variable], self.size(variable)
        if size > 2:
            return holds(literal)
        if size == 1:
            return TRUE
        return holds(literal) if literal > first else fails(first + 1)

    def boolean(self) -> int:
        """The code of a new hidden variable that is false or true."""
        return holds(self.start[self.variable(2, hidden=True)] + 1)

    # Constraints

    def clause(self, codes: Iterable[int], origin: int = DEFINITION) -> None:
        """One of the codes must hold. Without codes the network has no solution."""
        normal = self.normal(codes)
        if normal is None:
            return
        self.codes += len(normal)
        if self.codes > CODE_LIMIT:
            raise ModelTooLarge("parts of all clauses", self.codes, CODE_LIMIT)
        self.clauses.append(normal)
        self.clause_origin.append(origin)

    def table(self, variables: Sequence[int], rows: NDArray[np.integer], origin: int = DEFINITION) -> None:
        """One of the different rows of literals must hold."""
        self.cells += rows.size
        if self.cells > CELL_LIMIT:
            raise ModelTooLarge("cells of all tables", self.cells, CELL_LIMIT)
        if not len(rows):
            self.clause((), origin)
        elif len(variables) == 1:
            self.clause([self.code(int(literal)) for literal in rows[:, 0]], origin)
        else:
            self.tables.append(NetworkTable(tuple(variables), rows.astype(np.int32), origin))

    def normal(self, codes: Iterable[int]) -> tuple[int, ...] | None:
        """The clause without what is implied in it, sorted; None when it always holds."""
        kept = set(codes)
        kept.discard(FALSE)
        if TRUE in kept:
            return None
        several: dict[int, list[int]] = {}
        for code in kept:
            if code ^ 1 in kept:
                return None
            several.setdefault(self.variable_of[code >> 1], []).append(code)
        if len(several) == len(kept):
            return tuple(sorted(kept))
        merged: list[int] = []
        for variable, found in several.items():
            negative = [code for code in found if code & 1]
            if len(negative) > 1 or len(found) == self.size(variable) > 1:
                return None
            if not negative and len(found) == self.size(variable) - 1:
                missing = set(range(self.start[variable], self.start[variable + 1])) - {code >> 1 for code in found}
                negative = [fails(missing.pop())]
            merged += negative or found
        return tuple(sorted(merged))

    # Definitions

    def disjunction(self, codes: Iterable[int]) -> int:
        """A code that holds exactly when one of the codes does."""
        normal = self.normal(codes)
        if normal is None:
            return TRUE
        if len(normal) <= 1:
            return normal[0] if normal else FALSE
        if all(code & 1 == 0 for code in normal) and len({self.variable_of[code >> 1] for code in normal}) == 1:
            variable = self.variable_of[normal[0] >> 1]
            return self.one_of(variable, np.isin(self.literals(variable), np.array(normal) >> 1))
        known = self._disjunctions.get(normal)
        if known is None:
            known = self._disjunctions[normal] = self.boolean()
            self.clause((opposite(known), *normal))
            for code in normal:
                self.clause((known, opposite(code)))
        return known

    def conjunction(self, codes: Iterable[int]) -> int:
        """A code that holds exactly when all the codes do."""
        return opposite(self.disjunction([opposite(code) for code in codes]))

    def equivalence(self, left: int, right: int) -> int:
        """A code that holds exactly when both codes are alike."""
        for one, other in ((left, right), (right, left)):
            if one < 0:
                return other if one == TRUE else opposite(other)
        if left | 1 == right | 1:
            return TRUE if left == right else FALSE
        first, second = sorted((left & ~1, right & ~1))
        known = self._equivalences.get((first, second))
        if known is None:
            known = self._equivalences[first, second] = self.boolean()
            self.clause((opposite(known), opposite(first), second))
            self.clause((opposite(known), first, opposite(second)))
            self.clause((known, first, second))
            self.clause((known, opposite(first), opposite(second)))
        return known if (left ^ right) & 1 == 0 else opposite(known)

    def choice(self, condition: int, then: int, otherwise: int) -> int:
        """A code that is `then` where the condition holds and `otherwise` elsewhere."""
        if condition < 0:
            return then if condition == TRUE else otherwise
        if then == otherwise:
            return then
        if then in (TRUE, condition):
            return self.disjunction((condition, otherwise))
        if then in (FALSE, opposite(condition)):
            return self.conjunction((opposite(condition), otherwise))
        if otherwise in (TRUE, opposite(condition)):
            return self.disjunction((opposite(condition), then))
        if otherwise in (FALSE, condition):
            return self.conjunction((condition, then))
        if then == opposite(otherwise):
            return self.equivalence(condition, then)
        key = (condition, then, otherwise)
        known = self._choices.get(key)
        if known is None:
            known = self._choices[key] = self.boolean()
            self.clause((opposite(known), opposite(condition), then))
            self.clause((opposite(known), condition, otherwise))
            self.clause((known, opposite(condition), opposite(then)))
            self.clause((known, condition, opposite(otherwise)))
        return known

    def among(self, variable: int, wanted: NDArray[np.bool_]) -> list[int]:
        """Codes of which one holds exactly when the variable has one of the wanted literals."""
        if wanted.all():
            return [TRUE]
        literals = self.literals(variable)
        if len(literals) - np.count_nonzero(wanted) == 1:
            return [opposite(self.code(int(literals[~wanted][0])))]
        return [self.code(int(literal)) for literal in literals[wanted]]

    def one_of(self, variable: int, wanted: NDArray[np.bool_]) -> int:
        """A code that holds exactly when the variable has one of the wanted literals."""
        held, rest = self.among(variable, wanted), self.among(variable, ~wanted)
        if len(held) <= 1:
            return held[0] if held else FALSE
        if len(rest) <= 1:
            return opposite(rest[0]) if rest else TRUE
        if wanted[0]:
            return opposite(self.one_of(variable, ~wanted))
        key = (variable, wanted.tobytes())
        known = self._members.get(key)
        if known is None:
            known = self._members[key] = self.boolean()
            self.clause((opposite(known), *held))
            self.clause((known, *rest))
        return known

    def view(self, variable: int, labels: Int64s) -> tuple[int, Int64s]:
        """A variable that tells only the labels of the literals apart, and its literal for each label from 0 on.

        The variable itself where every literal has a label of its own.
        """
        count = int(labels.max()) + 1
        literals = self.literals(variable)
        if count == len(literals):
            mine = np.empty(count, dtype=np.int64)
            mine[labels] = literals
            return variable, mine
        if count == 2:
            second = self._as_variable(self.one_of(variable, labels == 1))
            positive = second >> 1
            pair = np.array([positive - 1, positive]) if second & 1 == 0 else np.array([positive, positive - 1])
            return self.variable_of[positive], pair
        key = (variable, labels.tobytes())
        known = self._views.get(key)
        if known is None:
            known = self._views[key] = self.variable(count, hidden=True)
            self.table((variable, known), np.stack((literals, self.start[known] + labels), axis=1))
        return known, self.literals(known)

    def _as_variable(self, code: int) -> int:
        """The same fact as a code of a variable with two literals."""
        if self.size(self.variable_of[code >> 1]) == 2:
            return code
        known = self._copies.get(code)
        if known is None:
            known = self._copies[code] = self.boolean()
            self._copies[opposite(code)] = opposite(known)
            self.clause((opposite(known), code))
            self.clause((known, opposite(code)))
        return known
