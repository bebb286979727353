"""An open configuration held against the release that is sold now: what would change, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from configurator.engine import Value
from configurator.engine.release_change import ChoiceChange, Reason
from configurator.loading import ReleaseEngine, engine_of
from configurator.loading.moving import Moved, move
from configurator.loading.words import ChosenInWords
from configurator.models import Product, Release
from configurator.ports import Quote, QuoteRequest, promiser
from configurator.selectors.release_words import reason_in_words


@dataclass(frozen=True, slots=True)
class ChangedChoiceView:
    """A choice that cannot stay."""

    wanted: ChosenInWords
    """In the words of the release it was made under."""
    instead: ChosenInWords | None
    """What the selection has there now; None when the question is gone."""
    moved: bool
    """Whether it stays a choice, at the nearest number that can be had."""
    reason: Reason
    text: str
    against: tuple[ChosenInWords, ...]
    """The kept choices it contradicts."""
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherwiseView:
    """A value nobody chose that is another one under the new release; None where there is no such question."""

    feature_name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class MigrationView:
    """What bringing choices to another release does to them, to the rest of the selection, to price and date."""

    product_code: str
    product_name: str
    before_number: int
    after_number: int
    choices: Mapping[str, Value]
    """Under the new release."""
    kept: tuple[ChosenInWords, ...]
    changed: tuple[ChangedChoiceView, ...]
    otherwise: tuple[OtherwiseView, ...]
    price_before: Decimal
    price_after: Decimal
    currency_before: str
    currency: str
    quote: Quote
    untouched: bool

    @property
    def price_difference(self) -> Decimal | None:
        """What it costs more; None when the currency changed."""
        return self.price_after - self.price_before if self.currency_before == self.currency else None


def release_now(release: Release) -> Release | None:
    """The release its product is sold under now, when that is another one; the product must have been read."""
    if release.product.current_release_id in (None, release.pk):
        return None
    current = Release.objects.defer("package").get(pk=release.product.current_release_id)
    current.product = release.product
    return current


def migration_view(
    before: Release, after: Release, choices: Mapping[str, Value], *, now: datetime, quantity: int = 1
) -> MigrationView:
    """What would change for these choices; raises `NoValidCompletion` when they contradict the old release."""
    old, new = engine_of(before), engine_of(after)
    moved = move(choices, old, new)
    changed = {change.name: change for change in moved.migration.changes}
    kept = {name: value for name, value in moved.migration.choices.items() if name not in changed}
    return MigrationView(
        product_code=new.package.product.code,
        product_name=new.product_name,
        before_number=before.number,
        after_number=after.number,
        choices=moved.migration.choices,
        kept=new.words.selection(kept),
        changed=tuple(_changed(change, moved, old, new) for change in changed.values()),
        otherwise=_otherwise(moved, old, new),
        price_before=moved.price_before,
        price_after=moved.price_after,
        currency_before=old.currency,
        currency=new.currency,
        quote=promiser().quote_many([QuoteRequest(after.pk, moved.after, quantity)], now=now)[0],
        untouched=moved.untouched,
    )


def change_in_words(change: ChoiceChange, old: ReleaseEngine, new: ReleaseEngine, *, numbers: bool = True) -> str:
    """A change of a choice as one line: what was wanted, a number only with `numbers`, and why it cannot stay."""
    wanted = str(old.words.choice(change.name, change.before))
    if not numbers and isinstance(change.before, int) and not isinstance(change.before, bool):
        wanted = old.words.feature(change.name)
    return f"{wanted}: {reason_in_words(change, old.words, new)}"


def product_of(code: str) -> Product:
    """A product with its current release, package left aside; raises `Product.DoesNotExist`."""
    return Product.objects.select_related("current_release").defer("current_release__package").get(code=code)


def _changed(change: ChoiceChange, moved: Moved, old: ReleaseEngine, new: ReleaseEngine) -> ChangedChoiceView:
    conflict = new.words.conflict(change.conflict)
    return ChangedChoiceView(
        wanted=old.words.choice(change.name, change.before),
        instead=new.words.choice(change.name, moved.after[change.name]) if change.name in moved.after else None,
        moved=change.after is not None,
        reason=change.reason,
        text=reason_in_words(change, old.words, new),
        against=conflict.choices,
        rules=conflict.rules,
    )


def _otherwise(moved: Moved, old: ReleaseEngine, new: ReleaseEngine) -> tuple[OtherwiseView, ...]:
    def before(name: str) -> str:
        return old.words.value(name, moved.before[name])

    def after(name: str) -> str:
        return new.words.value(name, moved.after[name])

    return (
        *(OtherwiseView(new.words.feature(name), before(name), after(name)) for name in moved.otherwise),
        *(OtherwiseView(new.words.feature(name), None, after(name)) for name in moved.new),
        *(OtherwiseView(old.words.feature(name), before(name), None) for name in moved.gone),
    )
