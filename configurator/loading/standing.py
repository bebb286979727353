"""Where a set of choices stands: what holds, what could be taken and at which price, what not and why.

A standing depends on the release and the choices alone, so it is kept and shared by everybody who makes the same
choices; every first visitor of a product asks for the same one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from configurator.engine import Choice, Conflict, Value


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the selection and its price become when one value is taken."""

    selection: Mapping[str, Value]
    price: Decimal


@dataclass(frozen=True, slots=True)
class Limit:
    """How far a parameter can go, and what stands in the way of the next step; None at its own end."""

    value: int
    conflict: Conflict | None


class Obstacles(Mapping[Choice, Conflict]):
    """Why each excluded option cannot be had. Rules are named only when somebody looks, and once."""

    def __init__(self, excluded: Iterable[Choice], why: Callable[[Choice], Conflict]) -> None:
        self._found: dict[Choice, Conflict | None] = dict.fromkeys(excluded)
        self._why = why

    def __getitem__(self, choice: Choice) -> Conflict:
        found = self._found[choice]
        if found is None:
            found = self._found[choice] = self._why(choice)
        return found

    def __contains__(self, choice: object) -> bool:
        return choice in self._found

    def __iter__(self) -> Iterator[Choice]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


@dataclass(frozen=True, slots=True)
class Standing:
    """The complete answer to one click."""

    choices: Mapping[str, Value]
    selection: Mapping[str, Value]
    price: Decimal
    valid: Mapping[str, frozenset[Value]]
    outcomes: Mapping[Choice, Outcome]
    """Of every option that could be taken instead of the one that holds."""
    obstacles: Mapping[Choice, Conflict]
    """Of every option that is excluded."""
    limits: Mapping[str, tuple[Limit, Limit]]
    """Of every parameter: lowest and highest."""
    implied: frozenset[str]
    """Features whose value follows from the choices, or replaces a standard they rule out."""
