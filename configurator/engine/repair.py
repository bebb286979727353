"""The smallest sets of choices to withdraw so that a value can be had.

Hitting sets and cores by turns (Reiter 1987; Davies and Bacchus, "Solving MAXSAT by Solving a Sequence of
Simpler SAT Instances", CP 2011): every contradiction found must lose a choice; a smallest set that takes one
from each is tried, and either works or shows a new contradiction.
"""

from collections.abc import Iterator, Mapping, Sequence

from configurator.engine.oracle import Oracle

ROUND_LIMIT = 2_000
"""Contradictions looked at before the search is content with the sets found so far."""


def withdrawals(oracle: Oracle, choices: Mapping[str, int], wanted: int, count: int) -> tuple[frozenset[str], ...]:
    """Up to `count` minimal sets of features to withdraw, fewest first; among equals late choices go first.

    `choices` maps features to their literals, oldest first. Empty when the value is impossible whatever is
    withdrawn; one empty set when nothing needs to be.
    """
    names = list(choices)
    position = {name: index for index, name in enumerate(names)}
    named: dict[int, list[str]] = {}
    for name, literal in choices.items():
        named.setdefault(literal, []).append(name)
    cores: list[frozenset[str]] = []
    found: list[frozenset[str]] = []
    for _ in range(ROUND_LIMIT):
        candidate = _smallest(cores, found, position)
        if candidate is None:
            break
        assumptions = [literal for name, literal in choices.items() if name not in candidate]
        if oracle.solve([wanted, *assumptions]) is not None:
            found.append(candidate)
            if len(found) == count or not candidate:
                break
            continue
        core = frozenset(name for literal in oracle.core() for name in named.get(literal, ()) if name not in candidate)
        if not core:
            return ()
        cores.append(core)
    return tuple(found)


def _smallest(
    cores: Sequence[frozenset[str]], found: Sequence[frozenset[str]], position: Mapping[str, int]
) -> frozenset[str] | None:
    """The smallest set that meets every core and contains none of the sets found; None if there is none."""
    limit = len({name for core in cores for name in core})
    for size in range(limit + 1):
        candidates = {
            candidate
            for candidate in _hitting(cores, frozenset(), size, position)
            if not any(known <= candidate for known in found)
        }
        if candidates:
            return min(candidates, key=lambda names: sorted(-position[name] for name in names))
    return None


def _hitting(
    cores: Sequence[frozenset[str]], taken: frozenset[str], size: int, position: Mapping[str, int]
) -> Iterator[frozenset[str]]:
    """All sets of at most `size` more names that meet the cores not met yet, each built core by core."""
    missed = next((core for core in cores if not core & taken), None)
    if missed is None:
        yield taken
    elif size:
        for name in sorted(missed, key=lambda each: -position[each]):
            yield from _hitting(cores, taken | {name}, size - 1, position)
