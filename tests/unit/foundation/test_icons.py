import xml.etree.ElementTree as ElementTree
from pathlib import Path

from foundation.templatetags.icons import icon

SPRITE = Path(__file__).parents[3] / "static" / "icons.svg"


def test_an_icon_is_hidden_from_screen_readers():
    assert icon("clock") == '<svg class="i" aria-hidden="true"><use href="/static/icons.svg#clock"></use></svg>'


def test_an_icon_with_a_label_is_an_image():
    assert 'role="img" aria-label="Late"' in icon("alert", label="Late")


def test_a_label_cannot_break_out_of_its_attribute():
    assert "<script>" not in icon("alert", label='"><script>')


def test_every_symbol_of_the_sprite_has_a_name_and_a_view_box():
    symbols = list(ElementTree.parse(SPRITE).getroot())

    assert symbols
    assert [symbol.get("id") for symbol in symbols if not symbol.get("id") or not symbol.get("viewBox")] == []
