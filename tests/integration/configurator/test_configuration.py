"""A customer clicks."""

import random
from decimal import Decimal

import pytest

from configurator.errors import NoSuchRepair, NotBuildable, StaleRevision, UnknownChoice
from configurator.formats import parse_product_package
from configurator.loading import ReleaseEngine, engine_of
from configurator.models import Configuration, Release
from configurator.selectors import ValueState, catalogue, configuration_view, refusal_view
from configurator.services.configuration import (
    Change,
    ChoiceRefused,
    choice_make,
    choices_clear,
    choices_redo,
    choices_undo,
    configuration_start,
    repair_apply,
)
from tests.integration.configurator.conftest import BIKE, NOW


@pytest.fixture
def configuration(release: Release) -> Configuration:
    return configuration_start(release=release, owner=None, session_key="guest", now=NOW)


def choose(configuration: Configuration, feature: str, value: object) -> Change | ChoiceRefused:
    configuration.refresh_from_db()
    return choice_make(
        public_id=configuration.public_id, revision=configuration.revision, feature=feature, value=value, now=NOW
    )


def option(view, feature: str, code: str):
    features = {row.code: row for section in view.sections for row in section.features}
    return next(row for row in features[feature].options if row.code == code)


def parameter(view, code: str):
    return next(row for section in view.sections for row in section.parameters if row.code == code)


def test_a_configuration_opens_complete_on_the_standard(configuration):
    view = configuration_view(configuration, now=NOW)

    assert view.price == Decimal("1040.00")
    assert view.selection == {
        "frame": "diamond",
        "motor": "small",
        "battery": "f400",
        "seat": "none",
        "lights": True,
        "rider_height": 172,
    }
    assert view.parts == ("frame-diamond", "lights")
    assert view.quote.at is None
    assert view.quote.reason


def test_an_option_shows_its_price_with_what_comes_along(configuration):
    view = configuration_view(configuration, now=NOW)

    big = option(view, "motor", "big")
    assert big.state == ValueState.FREE
    assert [brought.value_name for brought in big.brings] == ["630 Wh, in the frame"]
    assert big.price_difference == Decimal("500.00")


def test_a_choice_says_what_came_along(configuration):
    change = choose(configuration, "motor", "big")

    assert isinstance(change, Change)
    assert [(along.feature, along.before, along.after) for along in change.came_along] == [("battery", "f400", "f630")]
    view = configuration_view(change.configuration, now=NOW)
    assert option(view, "motor", "big").state == ValueState.CHOSEN
    assert option(view, "battery", "f630").state == ValueState.IMPLIED
    assert option(view, "battery", "f630").why.reason == "The big motor empties the small battery too fast."
    assert option(view, "frame", "diamond").state == ValueState.DEFAULT
    assert view.price == Decimal("1540.00")


def test_an_excluded_option_names_rule_and_choice(configuration):
    change = choose(configuration, "seat", "rear")

    view = configuration_view(change.configuration, now=NOW)
    rack = option(view, "battery", "rack500")
    assert rack.state == ValueState.EXCLUDED
    assert rack.why.reason == "The rack battery and the child seat need the same place."
    assert [str(choice) for choice in rack.why.choices] == ["Child seat: Child seat behind"]


def test_a_conflict_is_an_answer_with_repairs(configuration):
    choose(configuration, "seat", "rear")

    answer = choose(configuration, "battery", "rack500")

    assert isinstance(answer, ChoiceRefused)
    refusal = refusal_view(answer, now=NOW)
    assert refusal.conflict.rules == ("The rack battery and the child seat need the same place.",)
    assert [str(given) for given in refusal.repairs[0].gives_up] == ["Child seat: Child seat behind"]
    assert refusal.repairs[0].price_difference == Decimal("-50.00")
    configuration.refresh_from_db()
    assert configuration.choices == {"seat": "rear"}


def test_applying_a_repair_gives_the_value_and_changes_only_what_it_said(configuration):
    choose(configuration, "motor", "big")
    choose(configuration, "seat", "rear")
    configuration.refresh_from_db()

    change = repair_apply(
        public_id=configuration.public_id,
        revision=configuration.revision,
        feature="battery",
        value="rack500",
        number=0,
        now=NOW,
    )

    view = configuration_view(change.configuration, now=NOW)
    assert view.selection["battery"] == "rack500"
    assert view.selection["motor"] == "big"
    assert view.selection["seat"] == "none"


def test_a_repair_that_is_not_on_offer_is_refused(configuration):
    with pytest.raises(NoSuchRepair):
        repair_apply(
            public_id=configuration.public_id, revision=0, feature="battery", value="rack500", number=7, now=NOW
        )


def test_a_stale_tab_is_told_what_stands_now(configuration):
    choose(configuration, "seat", "rear")

    with pytest.raises(StaleRevision) as stale:
        choice_make(public_id=configuration.public_id, revision=0, feature="motor", value="big", now=NOW)

    assert stale.value.current.choices == {"seat": "rear"}
    configuration.refresh_from_db()
    assert configuration.choices == {"seat": "rear"}


def test_of_two_writers_on_one_revision_one_wins(configuration, monkeypatch):
    """The claim is the conditional update: reading the same revision first does not help the second."""
    stale_copy = replace_row(configuration)
    choose(configuration, "seat", "rear")

    monkeypatch.setattr("configurator.services.configuration._at", lambda public_id, revision: stale_copy)
    with pytest.raises(StaleRevision):
        choice_make(public_id=configuration.public_id, revision=0, feature="motor", value="big", now=NOW)


def replace_row(configuration: Configuration) -> Configuration:
    return Configuration.objects.select_related("release__product").get(pk=configuration.pk)


def test_a_choice_can_be_withdrawn(configuration):
    choose(configuration, "motor", "big")

    change = choose(configuration, "motor", None)

    assert change.configuration.choices == {}
    assert configuration_view(change.configuration, now=NOW).selection["battery"] == "f400"


def test_undo_and_redo_walk_the_history(configuration):
    choose(configuration, "motor", "big")
    change = choose(configuration, "seat", "rear")

    back = choices_undo(public_id=configuration.public_id, revision=change.configuration.revision, now=NOW)
    assert back.configuration.choices == {"motor": "big"}
    forth = choices_redo(public_id=configuration.public_id, revision=back.configuration.revision, now=NOW)
    assert forth.configuration.choices == {"motor": "big", "seat": "rear"}
    empty = choices_clear(public_id=configuration.public_id, revision=forth.configuration.revision, now=NOW)
    assert empty.configuration.choices == {}
    assert configuration_view(empty.configuration, now=NOW).can_undo


def test_a_form_posts_text_and_the_value_is_understood(configuration):
    assert choose(configuration, "rider_height", "185").configuration.choices == {"rider_height": 185}
    assert choose(configuration, "lights", "false").configuration.choices == {"rider_height": 185, "lights": False}


def test_a_parameter_shows_its_live_range_and_the_reason(configuration):
    change = choose(configuration, "frame", "lowstep")

    height = parameter(configuration_view(change.configuration, now=NOW), "rider_height")
    assert (height.lowest.value, height.highest.value) == (150, 190)
    assert height.lowest.why is None
    assert height.highest.why.reason == "The low-step frame ends at 190 cm."
    assert not height.gaps


@pytest.mark.parametrize(
    ("feature", "value"), [("wings", "two"), ("frame", "gold"), ("rider_height", "149"), ("lights", 1)]
)
def test_what_is_not_offered_is_refused_by_name(configuration, feature, value):
    with pytest.raises(UnknownChoice, match=feature):
        choose(configuration, feature, value)


def test_a_start_on_choices_that_contradict_each_other_is_refused(release):
    with pytest.raises(NotBuildable, match="need the same place"):
        configuration_start(
            release=release,
            owner=None,
            session_key="",
            now=NOW,
            choices={"seat": "rear", "battery": "rack500"},
        )


def test_the_page_asks_the_database_nothing(configuration, django_assert_num_queries):
    loaded = Configuration.objects.select_related("release__product").defer("release__package").get(pk=configuration.pk)
    with django_assert_num_queries(0):
        configuration_view(loaded, now=NOW)


def test_a_click_costs_two_queries(configuration, django_assert_num_queries):
    with django_assert_num_queries(2):
        choice_make(public_id=configuration.public_id, revision=0, feature="motor", value="big", now=NOW)


def test_a_number_whose_standard_is_ruled_out_goes_to_the_nearest(release):
    engine = engine_of(release)
    bike = BIKE.replace("default: 172", "default: 196").replace("code: bike,", "code: tall,")
    tall = ReleaseEngine.of(parse_product_package(bike))

    assert engine.complete({"frame": "lowstep"})["rider_height"] == 172
    assert tall.complete({"frame": "lowstep"})["rider_height"] == 190


def test_every_outcome_on_the_page_is_what_the_choice_would_give(release):
    """The quick way to an option's outcome agrees with the slow one, wherever a customer may be."""
    engine, dice = engine_of(release), random.Random(7)
    for _ in range(30):
        choices = {}
        for _ in range(4):
            standing = engine.standing(choices)
            for choice, outcome in standing.outcomes.items():
                wanted = {**choices, choice.name: choice.value}
                assert outcome.selection == engine.complete_slowly(wanted, engine.valid_domains(wanted))
            feature = dice.choice(sorted(engine.domains))
            choices[feature] = dice.choice(sorted(standing.valid[feature], key=str))


def test_the_catalogue_costs_one_query(release, django_assert_num_queries):
    catalogue()
    with django_assert_num_queries(1):
        (card,) = catalogue()

    assert (card.code, card.standard_price, card.features) == ("bike", Decimal("1040.00"), 6)
