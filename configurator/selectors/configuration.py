"""The configuration page as values: one question to the engine, one to the promiser, no query of its own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from configurator.engine import Choice, Value
from configurator.formats import FeatureEntry, OptionEntry, ParameterEntry
from configurator.loading import ReleaseEngine, engine_of
from configurator.loading.standing import Limit, Standing
from configurator.loading.words import ChosenInWords, ConflictInWords
from configurator.models import Configuration, Release
from configurator.ports import Quote, QuoteRequest, promiser
from configurator.selectors.catalogue import may_be_ordered
from configurator.selectors.page_types import (
    ConfigurationView,
    FeatureView,
    LimitView,
    OptionView,
    ParameterView,
    PriceLine,
    RefusalView,
    RepairView,
    SectionView,
    ValueState,
)

NOTHING = Decimal(0)


def configuration_view(
    configuration: Configuration, *, now: datetime, quantity: int = 1, dates: bool = False
) -> ConfigurationView:
    """The page of a stored configuration; with `dates` every option says what it does to the date."""
    view = choices_view(configuration.release, configuration.choices, now=now, quantity=quantity, dates=dates)
    return replace(
        view,
        public_id=configuration.public_id,
        revision=configuration.revision,
        can_undo=bool(configuration.past),
        can_redo=bool(configuration.future),
        orderable=may_be_ordered(configuration.release),
    )


def choices_view(
    release: Release, choices: Mapping[str, Value], *, now: datetime, quantity: int = 1, dates: bool = False
) -> ConfigurationView:
    """The page of any choices; raises `NoValidCompletion` when they contradict each other."""
    engine = engine_of(release)
    standing = engine.standing(choices)
    page = _Page(engine, standing, _quotes(release.pk, standing, now=now, quantity=quantity, dates=dates))
    header = engine.package.product
    by_state = page.selection_by_state()
    return ConfigurationView(
        public_id=None,
        revision=0,
        release_id=release.pk,
        release_number=release.number,
        product_code=header.code,
        product_name=header.name,
        product_text=header.text,
        picture=header.picture,
        currency=header.currency,
        sections=page.sections(),
        price=standing.price,
        breakdown=page.breakdown(),
        quote=page.quotes[None],
        chosen=by_state[ValueState.CHOSEN],
        implied=by_state[ValueState.IMPLIED],
        standard=by_state[ValueState.DEFAULT],
        parts=engine.parts(standing.selection),
        selection=dict(standing.selection),
    )


class Refused(Protocol):
    """A value that was refused to a configuration, as the service answers it."""

    @property
    def configuration(self) -> Configuration: ...

    @property
    def feature(self) -> str: ...

    @property
    def value(self) -> Value: ...


def refusal_view(refusal: Refused, *, now: datetime, quantity: int = 1) -> RefusalView:
    """Why a value cannot be had, and what each way to have it would change, with price and date."""
    return choices_refusal_view(
        refusal.configuration.release,
        refusal.configuration.choices,
        refusal.feature,
        refusal.value,
        now=now,
        quantity=quantity,
    )


def choices_refusal_view(
    release: Release,
    choices: Mapping[str, Value],
    feature: str,
    value: Value,
    *,
    now: datetime,
    quantity: int = 1,
) -> RefusalView:
    """The same for any choices."""
    engine = engine_of(release)
    price = engine.standing(choices).price
    repairs = engine.repairs(choices, feature, value)
    selections = [engine.complete(engine.repaired(choices, repair, feature, value)) for repair in repairs]
    requests = [QuoteRequest(release.pk, selection, quantity) for selection in selections]
    quotes = promiser().quote_many(requests, now=now) if requests else ()
    return RefusalView(
        feature=feature,
        value=value,
        wanted=engine.words.choice(feature, value),
        conflict=engine.words.conflict(engine.conflict_for(choices, feature, value)),
        repairs=tuple(
            RepairView(
                number=number,
                gives_up=tuple(engine.words.choice(name, choices[name]) for name in sorted(repair.remove)),
                sets=tuple(engine.words.choice(name, new) for name, new in repair.set.items() if name != feature),
                price_difference=engine.price(selection) - price,
                price=engine.price(selection),
                quote=quote,
            )
            for number, (repair, selection, quote) in enumerate(zip(repairs, selections, quotes, strict=True))
        ),
    )


def _quotes(
    release_id: int, standing: Standing, *, now: datetime, quantity: int, dates: bool
) -> dict[Choice | None, Quote]:
    """The date of the selection, under None, and if asked for of every option that could be taken: in one question."""
    wanted: dict[Choice | None, Mapping[str, Value]] = {None: standing.selection}
    if dates:
        wanted.update({choice: outcome.selection for choice, outcome in standing.outcomes.items()})
    requests = [QuoteRequest(release_id, selection, quantity) for selection in wanted.values()]
    return dict(zip(wanted, promiser().quote_many(requests, now=now), strict=True))


class _Page:
    """Turns one standing into what is shown."""

    def __init__(self, engine: ReleaseEngine, standing: Standing, quotes: dict[Choice | None, Quote]) -> None:
        self.engine, self.standing, self.quotes = engine, standing, quotes
        self.package, self.words = engine.package, engine.words

    def sections(self) -> tuple[SectionView, ...]:
        return tuple(
            SectionView(
                code=section.code,
                name=section.name,
                text=section.text,
                features=tuple(self.feature(row) for row in self.package.features if row.section == section.code),
                parameters=tuple(self.parameter(row) for row in self.package.parameters if row.section == section.code),
                chosen=sum(code in self.standing.choices for code in self.questions(section.code)),
            )
            for section in self.package.sections
        )

    def questions(self, section: str) -> list[str]:
        """Codes of the features and parameters of a section."""
        features = [row.code for row in self.package.features if row.section == section]
        return features + [row.code for row in self.package.parameters if row.section == section]

    def holding(self, code: str) -> ValueState:
        """Why the value that holds does so."""
        if code in self.standing.choices:
            return ValueState.CHOSEN
        return ValueState.IMPLIED if code in self.standing.implied else ValueState.DEFAULT

    def feature(self, entry: FeatureEntry) -> FeatureView:
        return FeatureView(
            code=entry.code,
            name=entry.name,
            text=entry.text,
            flag=entry.flag,
            state=self.holding(entry.code),
            value_name=self.words.value(entry.code, self.standing.selection[entry.code]),
            options=tuple(self.option(entry.code, value, option) for value, option in entry.answers()),
        )

    def option(self, feature: str, value: Value, option: OptionEntry) -> OptionView:
        choice = Choice(feature, value)
        view = OptionView(
            code=option.code,
            name=option.name,
            text=option.text,
            state=ValueState.FREE,
            price_difference=NOTHING,
            parts=option.parts,
        )
        if self.standing.selection[feature] == value:
            return replace(view, state=self.holding(feature), why=self.why_implied(feature))
        if choice in self.standing.obstacles:
            why = self.words.conflict(self.standing.obstacles[choice])
            return replace(view, state=ValueState.EXCLUDED, why=why)
        outcome = self.standing.outcomes[choice]
        brings = tuple(
            self.words.choice(name, after)
            for name, after in outcome.selection.items()
            if name != feature and after != self.standing.selection[name]
        )
        days, reason = self.days(choice)
        return replace(
            view,
            price_difference=outcome.price - self.standing.price,
            brings=brings,
            days_difference=days,
            date_reason=reason,
        )

    def why_implied(self, feature: str) -> ConflictInWords | None:
        """What rules out the standard of an implied feature or, where the standard is what follows, the others."""
        if self.holding(feature) != ValueState.IMPLIED:
            return None
        values = (self.engine.defaults.get(feature), *self.engine.domains[feature])
        excluded = (Choice(feature, value) for value in values if value is not None)
        conflict = next(
            (self.standing.obstacles[choice] for choice in excluded if choice in self.standing.obstacles), None
        )
        return self.words.conflict(conflict) if conflict else None

    def days(self, choice: Choice) -> tuple[int | None, str]:
        """Calendar days that taking a value adds to the date, with the reason for a delay."""
        now, then = self.quotes[None], self.quotes.get(choice)
        if then is None or now.at is None or then.at is None:
            return None, ""
        days = (then.at.date() - now.at.date()).days
        return days, then.reason if days > 0 else ""

    def parameter(self, entry: ParameterEntry) -> ParameterView:
        lowest, highest = self.standing.limits[entry.code]
        valid = self.standing.valid[entry.code]
        return ParameterView(
            code=entry.code,
            name=entry.name,
            text=entry.text,
            unit=entry.unit,
            minimum=entry.minimum,
            maximum=entry.maximum,
            step=entry.step,
            value=int(self.standing.selection[entry.code]),
            state=self.holding(entry.code),
            lowest=self.limit(lowest),
            highest=self.limit(highest),
            gaps=len(valid) < (highest.value - lowest.value) // entry.step + 1,
        )

    def limit(self, limit: Limit) -> LimitView:
        return LimitView(limit.value, self.words.conflict(limit.conflict) if limit.conflict is not None else None)

    def selection_by_state(self) -> dict[ValueState, tuple[ChosenInWords, ...]]:
        """The selection in words: what was chosen, what follows, what is standard."""
        words = self.words.selection(self.standing.selection)
        return {
            state: tuple(word for word in words if self.holding(word.feature) == state)
            for state in (ValueState.CHOSEN, ValueState.IMPLIED, ValueState.DEFAULT)
        }

    def breakdown(self) -> tuple[PriceLine, ...]:
        """The base price and what each option adds or saves."""
        header = self.package.product
        lines = [PriceLine(header.name, "", header.base_price)]
        for word in self.words.selection(self.standing.selection):
            amount = self.engine.prices.get((word.feature, word.value), NOTHING)
            if amount:
                lines.append(PriceLine(word.feature_name, word.value_name, amount))
        return tuple(lines)
