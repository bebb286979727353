"""What publishing a draft would do to everything that is open: configurations, carts and orders not yet built.

Rows are read in a stream of one query each and judged one set of choices at a time, so that the reading can stop at
any row and go on from there.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from time import monotonic
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext, gettext_lazy

from configurator.loading import engine_of
from configurator.loading.verdicts import Otherwise, Outcome, Verdict, Verdicts
from configurator.models import CartLine, Configuration, OrderLine, Product, ProgressState, Release
from configurator.selectors.release_migration import change_in_words

OPEN_FOR = timedelta(days=90)
"""A configuration that nobody has touched for so long is not open any more."""
READ_AT_ONCE = 2000
KEPT_REASONS = 1000
"""Sentences a report remembers from one part to the next."""


class Affected(StrEnum):
    """What a release change can reach."""

    CONFIGURATION = "configuration"
    CART_LINE = "cart_line"
    ORDER_LINE = "order_line"


AFFECTED_NAMES = {
    Affected.CONFIGURATION: gettext_lazy("Open configurations"),
    Affected.CART_LINE: gettext_lazy("Lines in carts"),
    Affected.ORDER_LINE: gettext_lazy("Lines of orders not yet built"),
}


@dataclass(frozen=True, slots=True)
class ImpactRow:
    """One configuration or line, and what becomes of it."""

    affected: Affected
    pk: int
    name: str
    """Of an order line its number and position, else the public id."""
    release: Release
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the reading has come: the last row read, by its kind and key."""

    affected: Affected = Affected.CONFIGURATION
    pk: int = 0


@dataclass(slots=True)
class ImpactReport:
    """Sums over all rows read so far; kept as plain numbers and texts, so that a session can hold it."""

    total: int
    done: int = 0
    cursor: Cursor = Cursor()
    counts: Counter[tuple[Affected, Outcome]] = field(default_factory=Counter)
    reasons: Counter[tuple[str, Affected]] = field(default_factory=Counter)
    finished: bool = False

    def add(self, row: ImpactRow, reasons: tuple[str, ...]) -> None:
        """Count one more row."""
        self.done += 1
        self.cursor = Cursor(row.affected, row.pk)
        self.counts[row.affected, row.verdict.outcome] += 1
        for reason in dict.fromkeys(reasons):
            self.reasons[reason, row.affected] += 1

    def table(self) -> list[tuple[str, list[int]]]:
        """A row for each kind of thing, a column for each outcome, and the sum."""
        return [
            (str(name), [*(self.counts[affected, outcome] for outcome in Outcome), self.sum_of(affected)])
            for affected, name in AFFECTED_NAMES.items()
        ]

    def sum_of(self, affected: Affected) -> int:
        """Rows of one kind."""
        return sum(self.counts[affected, outcome] for outcome in Outcome)

    def with_what(self) -> list[tuple[str, list[int]]]:
        """What changes, most frequent first, and how many of each kind it reaches."""
        sums: Counter[str] = Counter()
        for (reason, _), count in self.reasons.items():
            sums[reason] += count
        ordered = sorted(sums, key=lambda reason: (-sums[reason], reason))
        return [(reason, [self.reasons[reason, affected] for affected in Affected]) for reason in ordered]

    def to_plain(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "total": self.total,
            "done": self.done,
            "cursor": [self.cursor.affected, self.cursor.pk],
            "counts": [[affected, outcome, count] for (affected, outcome), count in self.counts.items()],
            "reasons": [
                [reason, affected, count] for (reason, affected), count in self.reasons.most_common(KEPT_REASONS)
            ],
        }

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> "ImpactReport":
        """What `to_plain` gave."""
        affected, pk = plain["cursor"]
        report = ImpactReport(plain["total"], plain["done"], Cursor(Affected(affected), pk))
        for kind, outcome, count in plain["counts"]:
            report.counts[Affected(kind), Outcome(outcome)] = count
        for reason, kind, count in plain["reasons"]:
            report.reasons[reason, Affected(kind)] = count
        return report


def impact_report(
    product: Product, verdicts: Verdicts, *, now: datetime, report: ImpactReport | None = None, seconds: float = 3600
) -> ImpactReport:
    """The sums over everything open, or what is added to `report` within so many seconds of work."""
    report = report or ImpactReport(total=sum(rows.count() for rows in _rows(product, now).values()))
    deadline = monotonic() + seconds
    for row in impact_rows(product, verdicts, now=now, after=report.cursor):
        report.add(row, reasons_in_words(row, verdicts, numbers=False))
        if monotonic() > deadline:
            return report
    report.finished = True
    return report


def impact_rows(
    product: Product, verdicts: Verdicts, *, now: datetime, after: Cursor | None = None
) -> Iterator[ImpactRow]:
    """Everything open beyond the cursor, in one query for each kind and one for the releases."""
    releases = {release.pk: release for release in product.releases.defer("package")}
    after = after or Cursor()
    for affected, rows in _rows(product, now).items():
        if list(Affected).index(affected) < list(Affected).index(after.affected):
            continue
        first = after.pk if affected == after.affected else 0
        for row in rows.filter(pk__gt=first).order_by("pk").iterator(chunk_size=READ_AT_ONCE):
            release = releases[row["release_id"]]
            yield ImpactRow(
                affected, row["pk"], _name(affected, row), release, _verdict(affected, row, release, verdicts)
            )


def reasons_in_words(row: ImpactRow, verdicts: Verdicts, *, numbers: bool = True) -> tuple[str, ...]:
    """What becomes of a row, a sentence for each change; nothing when it stays as it is.

    Without `numbers` the chosen numbers are left out, so that the same reason is the same sentence.
    """
    verdict, old, new = row.verdict, engine_of(row.release), verdicts.engine
    found = [change_in_words(change, old, new, numbers=numbers) for change in verdict.changes]
    for each in verdict.otherwise:
        before = old.words.value(each.feature, each.before) if each.before is not None else ""
        after = new.words.value(each.feature, each.after) if each.after is not None else ""
        name = (new if after else old).words.feature(each.feature)
        found.append(_otherwise_in_words(each, name, before, after))
    if not found and verdict.outcome == Outcome.ALONG:
        found.append(gettext("Only the price changes."))
    if not found and verdict.outcome == Outcome.IMPOSSIBLE:
        found.append(gettext("It does not fit the release it was made under."))
    return tuple(found)


def _otherwise_in_words(each: Otherwise, name: str, before: str, after: str) -> str:
    words = {"name": name, "before": before, "after": after}
    if each.before is None:
        return gettext("%(name)s is new; nobody chose it yet: %(after)s") % words
    if each.after is None:
        return gettext("%(name)s is no longer asked, and was not chosen: %(before)s") % words
    return gettext("%(name)s, not chosen: %(before)s becomes %(after)s") % words


def _rows(product: Product, now: datetime) -> dict[Affected, QuerySet[Any, Any]]:
    """What is open of a product, of each kind, with only what a verdict needs."""
    ordered = CartLine.objects.filter(configuration=OuterRef("pk"), cart__ordered_at__isnull=False)
    configurations = Configuration.objects.filter(release__product=product, updated_at__gte=now - OPEN_FOR)
    carts = CartLine.objects.filter(release__product=product, cart__ordered_at=None)
    orders = OrderLine.objects.filter(release__product=product).exclude(state=ProgressState.BUILT)
    return {
        Affected.CONFIGURATION: configurations.filter(~Exists(ordered)).values(
            "pk", "public_id", "release_id", "choices"
        ),
        Affected.CART_LINE: carts.values("pk", "public_id", "release_id", "choices"),
        Affected.ORDER_LINE: orders.values("pk", "order__number", "position", "release_id", "selection"),
    }


def _name(affected: Affected, row: Mapping[str, Any]) -> str:
    if affected == Affected.ORDER_LINE:
        return f"{row['order__number']}/{row['position']}"
    return str(row["public_id"])


def _verdict(affected: Affected, row: Mapping[str, Any], release: Release, verdicts: Verdicts) -> Verdict:
    if affected == Affected.ORDER_LINE:
        return verdicts.of_order(release, row["selection"])
    return verdicts.of_choices(release, row["choices"])
