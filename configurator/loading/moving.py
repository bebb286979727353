"""A configuration of one release as it would be under another: what stays, what it becomes and what it costs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from configurator.engine import Choices, Value
from configurator.engine.release_change import Migration, migrate
from configurator.loading.release_engine import ReleaseEngine


@dataclass(frozen=True, slots=True)
class Moved:
    """The complete selection before and after, each with the price of one."""

    migration: Migration
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    price_before: Decimal
    price_after: Decimal
    same_currency: bool
    otherwise: tuple[str, ...]
    """Features of both releases that have another value without having been chosen: the standard is another one,
    or it follows from what stays."""
    new: tuple[str, ...]
    """Features that only the new release has."""
    gone: tuple[str, ...]
    """Features that only the old release has and that nobody chose."""

    @property
    def untouched(self) -> bool:
        """Whether the customer gets the same for the same price."""
        changed = self.migration.changes or self.otherwise or self.new or self.gone
        return not changed and self.same_currency and self.price_before == self.price_after


def move(
    choices: Choices, before: ReleaseEngine, after: ReleaseEngine, selection: Mapping[str, Value] | None = None
) -> Moved:
    """Choices of one release brought to another with the least change.

    `selection` is what they were completed to, if that is known already. Raises NoValidCompletion when the new
    release is void.
    """
    migration = migrate(choices, before.model, after.compiled)
    old = before.complete(choices) if selection is None else selection
    new = after.complete(migration.choices)
    touched = {change.name for change in migration.changes}
    return Moved(
        migration=migration,
        before=old,
        after=new,
        price_before=before.price(old),
        price_after=after.price(new),
        same_currency=before.currency == after.currency,
        otherwise=tuple(name for name in _different(old, new, before, after) if name not in touched),
        new=tuple(name for name in new if name not in old),
        gone=tuple(name for name in old if name not in new and name not in touched),
    )


def _different(
    old: Mapping[str, Value], new: Mapping[str, Value], before: ReleaseEngine, after: ReleaseEngine
) -> Iterator[str]:
    for name, value in new.items():
        if name in old:
            same_unit = before.model.variable(name).unit == after.model.variable(name).unit
            if type(old[name]) is not type(value) or old[name] != value or not same_unit:
                yield name
