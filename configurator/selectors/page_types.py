"""What the pages and the API show of a configuration: frozen, complete, no query left to run."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from configurator.engine import Value
from configurator.loading.words import ChosenInWords, ConflictInWords
from configurator.ports import Quote


class ValueState(StrEnum):
    """How a value stands towards the customer's choices."""

    CHOSEN = "chosen"
    """By the customer."""
    IMPLIED = "implied"
    """Follows from the customer's choices, or replaces a standard they rule out."""
    DEFAULT = "default"
    """The standard, as nobody chose anything else."""
    FREE = "free"
    EXCLUDED = "excluded"

    @property
    def holds(self) -> bool:
        """Whether the value is the one in the selection."""
        return self in (ValueState.CHOSEN, ValueState.IMPLIED, ValueState.DEFAULT)


@dataclass(frozen=True, slots=True)
class OptionView:
    """One answer to a question, with what taking it would do."""

    code: str
    """What a form posts: the option's code, or true and false of a flag."""
    name: str
    text: str
    state: ValueState
    price_difference: Decimal
    """To the total if it were taken, with all that would come along; 0 for the value that holds and if excluded."""
    brings: tuple[ChosenInWords, ...] = ()
    """What else would change if it were taken."""
    why: ConflictInWords | None = None
    """Of an excluded or implied option: the rules, and the customer's choices that are involved."""
    days_difference: int | None = None
    """Calendar days to the promised date if it were taken; None when no date is known or the date was not asked for."""
    date_reason: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeatureView:
    """A question with options, exactly one of which holds."""

    code: str
    name: str
    text: str
    flag: bool
    state: ValueState
    """Of the option that holds."""
    value_name: str
    options: tuple[OptionView, ...]


@dataclass(frozen=True, slots=True)
class LimitView:
    """How far a parameter can go under the customer's choices, and why not further."""

    value: int
    why: ConflictInWords | None = None
    """None at the end of the product's own range."""


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A number the customer chooses."""

    code: str
    name: str
    text: str
    unit: str
    minimum: int
    maximum: int
    step: int
    value: int
    state: ValueState
    lowest: LimitView
    highest: LimitView
    gaps: bool
    """Whether some steps between the limits are excluded too."""


@dataclass(frozen=True, slots=True)
class SectionView:
    """One chapter of the page."""

    code: str
    name: str
    text: str
    features: tuple[FeatureView, ...]
    parameters: tuple[ParameterView, ...]
    chosen: int
    """How many of its questions the customer has answered."""


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of the price breakdown."""

    name: str
    value_name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ConfigurationView:
    """A whole configuration page."""

    public_id: UUID | None
    """None when nothing is stored: a stateless answer of the API."""
    revision: int
    release_id: int
    release_number: int
    product_code: str
    product_name: str
    product_text: str
    picture: str
    currency: str
    sections: tuple[SectionView, ...]
    price: Decimal
    breakdown: tuple[PriceLine, ...]
    quote: Quote
    chosen: tuple[ChosenInWords, ...]
    implied: tuple[ChosenInWords, ...]
    standard: tuple[ChosenInWords, ...]
    parts: tuple[str, ...]
    """Layers of the picture, by the options that hold, in the order of the product's questions."""
    selection: dict[str, Value]
    can_undo: bool = False
    can_redo: bool = False
    orderable: bool = True
    """Whether its release may be ordered: what was replaced by a newer one can only be looked at."""


@dataclass(frozen=True, slots=True)
class RepairView:
    """One way to have an excluded value, and what it would change."""

    number: int
    """From 0; what `repair_apply` is given."""
    gives_up: tuple[ChosenInWords, ...]
    """The customer's choices that would be withdrawn."""
    sets: tuple[ChosenInWords, ...]
    """The choices that would be made instead."""
    price_difference: Decimal
    price: Decimal
    """The new total."""
    quote: Quote


@dataclass(frozen=True, slots=True)
class RefusalView:
    """Why a value cannot be had as things stand, and up to three ways to have it anyway."""

    feature: str
    value: Value
    wanted: ChosenInWords
    conflict: ConflictInWords
    repairs: tuple[RepairView, ...]
