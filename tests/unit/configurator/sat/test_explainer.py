"""The rules that are named are to blame, all of them."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.engine.sat.explainer import Explainer
from tests.unit.configurator.sat.small_networks import containing, random_choices, random_network

seeds = st.integers(0, 1_000_000)
SETTINGS = settings(max_examples=300, deadline=None, derandomize=True)


@SETTINGS
@given(seeds)
def test_the_rules_named_contradict_the_slots_and_leaving_out_any_resolves_it(seed):
    small, dice = random_network(seed), Random(seed)
    selections = small.selections()
    explainer = Explainer(small.network, small.slot_codes)

    for _ in range(5):
        slots = random_choices(small, dice)
        if containing(selections, slots):
            continue
        rules = explainer.rules(slots)
        assert not containing(small.selections(rules), slots)
        for rule in rules:
            assert containing(small.selections([other for other in rules if other != rule]), slots)
