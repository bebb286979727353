"""The circuit: smooth, decomposable, deterministic negation normal form (d-DNNF) over variables with finite domains.

Darwiche and Marquis, "A Knowledge Compilation Map" (JAIR 17, 2002). A node is a literal, an AND or an OR.
*Decomposable*: the children of an AND speak of different variables. *Deterministic*: no selection satisfies two
children of an OR. *Smooth*: the children of an OR speak of the same variables. The root speaks of every variable.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int32s = NDArray[np.int32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Circuit:
    """Flat arrays, children before parents.

    Nodes 0 to literals - 1 are the literals, numbered variable by variable (`literal_start` as in Network). Inner
    node `literals + i` is an OR where `is_or[i]`, else an AND, over `children[child_start[i]:child_start[i + 1]]`;
    the last inner node is the root. An AND without children is true, an OR without children false.

    `slot_code[s]` says what slot s of the model means here, as a code (2 * literal, + 1 where it is negated); the
    slots of feature f are `slot_start[f]` up to `slot_start[f + 1]`, and exactly one of them holds in a selection.
    """

    literal_start: Int32s
    is_or: Bools
    child_start: Int32s
    children: Int32s
    slot_code: Int32s
    slot_start: Int32s

    @property
    def literals(self) -> int:
        """Number of literal nodes."""
        return int(self.literal_start[-1])

    @property
    def nodes(self) -> int:
        """Number of all nodes."""
        return self.literals + len(self.is_or)

    @property
    def edges(self) -> int:
        """Number of edges from inner nodes to their children."""
        return len(self.children)

    @property
    def size(self) -> int:
        """Bytes of all arrays."""
        return sum(getattr(self, name).nbytes for name in self.__dataclass_fields__)
