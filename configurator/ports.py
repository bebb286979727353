"""The questions the configurator has for planning and the shop floor, each with a plain default.

Settings name the implementations by dotted path (`PROMISER`, `RELEASE_CHECKS`, `ORDER_PROGRESS`), as Django does
with its mail back end, so that nothing here imports a downstream app.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from configurator.engine import Item, Value
from configurator.engine.model_check import Severity as Severity

# --- dates -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """A complete selection under a release, and how many of it."""

    release_id: int
    selection: Mapping[str, Value]
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Quote:
    """The date something could be ready, and why not sooner; `at` is None when no date can be given."""

    at: datetime | None
    reason: str
    alternatives: tuple["Quote", ...] = ()
    bottleneck: str = ""
    reference: Mapping[str, Any] = field(default_factory=dict)
    """Opaque to the configurator: whatever the promiser needs to hold exactly this quote. JSON-able."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody else took the capacity of a quote; `next` is what is left."""

    next: Quote


class HoldLapsed(Exception):
    """The hold has run out or was released, so it cannot be confirmed."""

    def __init__(self, hold_id: str) -> None:
        super().__init__(hold_id)
        self.hold_id = hold_id


HoldId = str


class Promiser(Protocol):
    """Gives dates and keeps them; planning implements it."""

    def quote_many(self, requests: Sequence[QuoteRequest], now: datetime) -> tuple[Quote, ...]:
        """One quote per request, in order; never called inside a transaction."""

    def hold(self, quote: Quote, until: datetime, now: datetime) -> HoldId | Taken:
        """Take the capacity behind `quote` until the given time, all of it or none."""

    def confirm(self, hold_id: HoldId, order_line_id: int) -> None:
        """Make a hold permanent for an order line, inside the caller's transaction; raises `HoldLapsed`."""

    def release(self, hold_id: HoldId) -> None:
        """Give a hold's capacity back; a hold that is gone already is no error."""

    def cancel(self, order_line_id: int) -> None:
        """Give the confirmed capacity of an order line back."""


NO_PLAN_YET = "No plan yet"


class NoPromiser:
    """The plain default: no plan, so no date, and nothing that could be taken."""

    def quote_many(self, requests: Sequence[QuoteRequest], now: datetime) -> tuple[Quote, ...]:
        return tuple(Quote(at=None, reason=NO_PLAN_YET) for _ in requests)

    def hold(self, quote: Quote, until: datetime, now: datetime) -> HoldId | Taken:
        return ""

    def confirm(self, hold_id: HoldId, order_line_id: int) -> None:
        return None

    def release(self, hold_id: HoldId) -> None:
        return None

    def cancel(self, order_line_id: int) -> None:
        return None


# --- can it be built -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a product manager should know before publishing; an error refuses the release."""

    severity: Severity
    where: str
    text: str
    code: str = ""
    """What kind of finding it is; equal ones are listed together."""
    rules: tuple[str, ...] = ()
    """Codes of the rules that are responsible."""


@dataclass(frozen=True, slots=True)
class ParameterSpace:
    """Every value an item's parameter can take; integers also as a closed range, which may hold more than `values`."""

    values: frozenset[Value]
    """Empty when there are too many to list; the range then bounds them."""
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class ReleaseSpace:
    """All that a release can ask of a factory: the items it makes and the values their parameters can take."""

    product_code: str
    product_name: str
    items: tuple[Item, ...]
    """Items made in house that some configuration needs."""
    parameters: Mapping[tuple[str, str], ParameterSpace]
    """(item code, parameter) -> the values it can take over all configurations."""


class ReleaseCheck(Protocol):
    """Says what would stop a factory from building a release; planning and the shop floor implement it."""

    def findings(self, space: ReleaseSpace) -> tuple[Finding, ...]:
        """What is wrong with building this release; nothing when all of it can be built."""


# --- where an order is -----------------------------------------------------------------------------------------


class StepState(StrEnum):
    WAITING = "waiting"
    RELEASED = "released"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of building an order line, as a customer may see it."""

    name: str
    station: str
    state: str
    planned_start: datetime | None = None
    planned_end: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


class OrderProgress(Protocol):
    """Tells the live steps of order lines; the shop floor implements it."""

    def steps(self, order_line_ids: Sequence[int]) -> Mapping[int, tuple[Step, ...]]:
        """The steps of each order line in the order they are built; a line not planned yet has none."""


class NoProgress:
    """The plain default: nothing is known of any step."""

    def steps(self, order_line_ids: Sequence[int]) -> Mapping[int, tuple[Step, ...]]:
        return dict.fromkeys(order_line_ids, ())


# --- loading ---------------------------------------------------------------------------------------------------


@cache
def _implementation(path: str) -> Any:
    return import_string(path)()


def promiser() -> Promiser:
    """The promiser named by `settings.PROMISER`."""
    path = getattr(settings, "PROMISER", "")
    return _implementation(path) if path else NoPromiser()


def release_checks() -> tuple[ReleaseCheck, ...]:
    """The checks named by `settings.RELEASE_CHECKS`, in that order."""
    return tuple(_implementation(path) for path in getattr(settings, "RELEASE_CHECKS", ()))


def order_progress() -> OrderProgress:
    """The progress reader named by `settings.ORDER_PROGRESS`."""
    path = getattr(settings, "ORDER_PROGRESS", "")
    return _implementation(path) if path else NoProgress()
