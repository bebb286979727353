"""What a release that is not sold yet would do to choices made under older ones; equal choices are judged once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from configurator.engine import ConfigurationError, Value
from configurator.engine.release_change import ChoiceChange
from configurator.formats import ProductPackage
from configurator.loading.engines import BuildOnce, draft_engine, engine_of
from configurator.loading.moving import Moved, move
from configurator.models import Release

KEPT_VERDICTS = 50_000
KEPT_DRAFTS = 4


class Outcome(StrEnum):
    """What becomes of a configuration, cart line or order line."""

    UNTOUCHED = "untouched"
    """The same for the same price."""
    ALONG = "along"
    """Every choice stays; something that nobody chose, or the price, is another."""
    CHANGED = "changed"
    """Some choices cannot stay."""
    IMPOSSIBLE = "impossible"
    """None of the choices can stay; of an ordered selection: it could not be ordered like this again."""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A value nobody chose that becomes another; None where the release has no such question."""

    feature: str
    before: Value | None
    after: Value | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one set of choices; prices are of one, None when the choices have none."""

    outcome: Outcome
    changes: tuple[ChoiceChange, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()
    price_before: Decimal | None = None
    price_after: Decimal | None = None


class Verdicts:
    """Judges choices of any older release against one package."""

    def __init__(self, package: ProductPackage) -> None:
        self.engine = draft_engine(package)
        self._judged = lru_cache(KEPT_VERDICTS)(self._judge)
        self._releases: dict[int, Release] = {}

    def of_choices(self, release: Release, choices: Mapping[str, Value]) -> Verdict:
        """What becomes of an open configuration."""
        self._releases[release.pk] = release
        return self._judged(release.pk, json.dumps(choices), False)

    def of_order(self, release: Release, selection: Mapping[str, Value]) -> Verdict:
        """Whether a complete selection could be ordered again as it is."""
        self._releases[release.pk] = release
        return self._judged(release.pk, json.dumps(selection), True)

    def _judge(self, release_id: int, choices: str, ordered: bool) -> Verdict:
        before, wanted = engine_of(self._releases[release_id]), json.loads(choices)
        try:
            moved = move(wanted, before, self.engine, wanted if ordered else None)
        except ConfigurationError:  # stored under a release that never allowed it
            return Verdict(Outcome.IMPOSSIBLE)
        return Verdict(
            _outcome(moved, wanted, ordered),
            moved.migration.changes,
            tuple(
                Otherwise(name, moved.before.get(name), moved.after.get(name))
                for name in (*moved.otherwise, *moved.new, *moved.gone)
            ),
            moved.price_before,
            moved.price_after,
        )


_drafts: BuildOnce[Verdicts] = BuildOnce(KEPT_DRAFTS)


def verdicts_on(package: ProductPackage) -> Verdicts:
    """The verdicts on a package, which is compiled once; raises `ConfigurationError` when it cannot be."""
    return _drafts.get(package.content_hash(), lambda: Verdicts(package))


def _outcome(moved: Moved, wanted: Mapping[str, Value], ordered: bool) -> Outcome:
    changes = moved.migration.changes
    if ordered:
        # The price of an order is frozen, so that only what would be built counts.
        if changes:
            return Outcome.IMPOSSIBLE
        return Outcome.ALONG if moved.otherwise or moved.new or moved.gone else Outcome.UNTOUCHED
    if changes:
        lost = len(wanted) == sum(change.after is None for change in changes)
        return Outcome.IMPOSSIBLE if lost else Outcome.CHANGED
    return Outcome.UNTOUCHED if moved.untouched else Outcome.ALONG
