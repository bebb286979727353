"""Ways to have a value that the choices exclude: which of them to withdraw, and what follows then."""

from collections.abc import Mapping
from dataclasses import dataclass

from configurator.engine.answers import Domains
from configurator.engine.completion import SlotCosts
from configurator.engine.expressions import Value
from configurator.engine.model import Choices
from configurator.engine.reasoner import Reasoner
from configurator.engine.vocabulary import Vocabulary

REPAIR_COUNT = 3


@dataclass(frozen=True, slots=True)
class Repair:
    """A smallest change that makes a value possible: withdraw the choices `remove`, then make those in `set`.

    `set` holds the wanted value, and the new value of a withdrawn feature where only one is left.
    """

    remove: frozenset[str]
    set: Mapping[str, Value]
    price: int | None = None


def repairs(
    reasoner: Reasoner, vocabulary: Vocabulary, kept: Choices, name: str, value: Value, prices: SlotCosts, priced: bool
) -> tuple[Repair, ...]:
    """The best ways to have the value beside the choices kept, none of which is for its own feature.

    With `priced` each carries the price of the cheapest completion after it.
    """
    slots, wanted = vocabulary.slots_of(kept), vocabulary.slot(name, value)
    found = reasoner.withdrawals(slots, [wanted], prices.with_choices(slots, kept), REPAIR_COUNT)
    answer: list[Repair] = []
    for part in found:
        remove = frozenset(other for other, slot in zip(kept, slots) if slot in part)
        after = {other: chosen for other, chosen in kept.items() if other not in remove} | {name: value}
        slots_after = vocabulary.slots_of(after)
        possible = reasoner.domains(slots_after)
        best = reasoner.cheapest(slots_after, prices.with_choices(slots_after, after)) if priced else (None, None)
        if possible is None or best is None:
            raise AssertionError("what remains after a withdrawal goes together")
        domains = Domains(vocabulary, possible)
        forced = {other: next(iter(domains[other])) for other in kept if other in remove and len(domains[other]) == 1}
        answer.append(Repair(remove, {name: value} | forced, best[0]))
    return tuple(answer)
