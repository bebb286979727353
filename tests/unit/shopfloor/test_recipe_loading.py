"""A formula becomes the registers of one controller, or one sentence that says why not."""

from decimal import Decimal
from uuid import UUID

import pytest

from shopfloor.formats.driver_profile import find_profile
from shopfloor.formats.line_package import FormulaEntry, formula_document, formula_entry
from shopfloor.loading import RecipeRefused, formula_term, hash_of, recipe_encoded, serial_of

JOB = UUID(int=7)


def encoded(*entries: FormulaEntry, parameters=None, seconds=600, profile="lw-compact"):
    return recipe_encoded(
        job_id=JOB,
        title="Coat of FRAME",
        formula=[formula_term(entry) for entry in entries],
        parameters=parameters or {},
        duration_seconds=seconds,
        profile=find_profile(profile),
    )


def refusal(*entries: FormulaEntry, **how) -> str:
    with pytest.raises(RecipeRefused) as caught:
        encoded(*entries, **how)
    return str(caught.value)


def test_the_same_recipe_has_other_words_for_a_controller_of_another_word_order():
    big, swapped = (encoded(seconds=70_000, profile=profile) for profile in ("lw-compact", "lw-modular"))

    assert big.recipe.words == (1, 4464)
    assert swapped.recipe.words == (4464, 1)


def test_a_word_is_compared_with_a_parameter():
    entry = FormulaEntry("colour", "if(colour = sand, 1, 2)")

    assert encoded(entry, parameters={"colour": "sand"}).recipe.words[2:] == (1,)
    assert encoded(entry, parameters={"colour": "night"}).recipe.words[2:] == (2,)


def test_the_register_holds_the_value_times_its_scale():
    assert encoded(FormulaEntry("torque", "14", scale=Decimal(10))).recipe.words[2:] == (140,)


def test_a_value_below_its_limit_is_refused_in_a_sentence():
    entry = FormulaEntry("film", "20", minimum=Decimal(40))

    assert refusal(entry) == "Coat of FRAME: film = 20 is below the limit of 40."


def test_a_value_that_the_register_cannot_hold_is_refused():
    assert refusal(FormulaEntry("film", "70000")) == (
        "Coat of FRAME: film = 70000 does not fit u16, which holds 0 to 65535."
    )


def test_a_word_where_a_number_must_be_is_refused():
    assert "colour" in refusal(FormulaEntry("colour", "colour"), parameters={"colour": "sand"})


def test_a_recipe_longer_than_the_staging_block_is_refused():
    entries = [FormulaEntry(f"value_{place}", "1") for place in range(499)]

    assert refusal(*entries).endswith("a recipe of 501 registers does not fit the controller, which takes 1 to 500.")


@pytest.mark.parametrize("seconds", [0, 10**9])
def test_a_run_the_controller_cannot_time_is_refused(seconds):
    assert "a run of" in refusal(seconds=seconds)


def test_the_trace_knows_where_each_value_lies():
    recipe = encoded(FormulaEntry("length", "9", "mm", "u32"), FormulaEntry("film", "1", "um"))

    assert [(v["name"], v["position"], v["unit"]) for v in recipe.values] == [
        ("duration_seconds", 0, "s"),
        ("length", 2, "mm"),
        ("film", 4, "um"),
    ]


def test_the_content_hash_is_of_the_values_and_not_of_the_job():
    entry = FormulaEntry("film", "40")

    assert encoded(entry).content_hash == encoded(entry).content_hash
    assert encoded(entry).content_hash != encoded(FormulaEntry("film", "41")).content_hash


def test_a_stored_formula_is_the_one_that_was_written():
    entry = FormulaEntry("film", "40 + x", "um", "f32", Decimal("0.5"), Decimal(9), Decimal("0.25"))

    assert formula_entry(formula_document(entry)) == entry


def test_a_hash_does_not_depend_on_the_order_of_keys():
    assert hash_of({"a": 1, "b": 2}) == hash_of({"b": 2, "a": 1})


def test_serials_are_read_aloud_easily():
    assert [serial_of("4155", number) for number in (5, 120)] == ["4155-05", "4155-120"]
