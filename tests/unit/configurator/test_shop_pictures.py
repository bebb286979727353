from pathlib import Path

import pytest

from configurator.views import pictures
from configurator.views.pictures import PictureUnusable, frame_attributes, picture_named, picture_svg

LAMP = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">
  <g class="part"><path d="M0 0"/></g>
  <g class="part" data-module="arm-long"><path d="M1 1"/></g>
  <g class="part" data-module="shade" data-with="arm-long"><path d="M2 2"/></g>
  <g class="part" data-module="shade" data-without="arm-long"><path d="M3 3"/></g>
</svg>"""


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def draw(svg: str):
        path = tmp_path / "lamp.svg"
        path.write_text(svg)
        pictures._read.cache_clear()
        monkeypatch.setattr(pictures.finders, "find", lambda name: str(path))
        return picture_named("lamp.svg")

    return draw


def test_a_group_without_a_module_is_always_shown(drawn):
    assert "M0 0" in picture_svg(drawn(LAMP), parts=(), label="")


def test_only_the_modules_that_are_named_are_shown(drawn):
    markup = picture_svg(drawn(LAMP), parts=("shade",), label="")

    assert "M3 3" in markup
    assert "M1 1" not in markup
    assert "M2 2" not in markup


def test_a_module_can_depend_on_another(drawn):
    markup = picture_svg(drawn(LAMP), parts=("shade", "arm-long"), label="")

    assert "M2 2" in markup
    assert "M3 3" not in markup


def test_a_module_knows_the_section_of_its_option(drawn):
    assert '<g data-section="light">' in picture_svg(
        drawn(LAMP), parts=("shade",), label="", sections={"shade": "light"}
    )


def test_the_label_is_escaped(drawn):
    assert 'aria-label="&lt;b&gt;&quot;"' in picture_svg(drawn(LAMP), parts=(), label='<b>"')


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<path d="M0 0" onclick="alert(1)"/>',
        '<a href="javascript:alert(1)"/>',
        '<path d="M0 0" style="fill:red"/>',
        '<foreignObject width="1"/>',
    ],
)
def test_a_picture_that_could_run_something_is_refused(drawn, inside):
    with pytest.raises(PictureUnusable):
        drawn(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>')


def test_colours_become_attributes_of_the_frame_and_nothing_else_can():
    assert frame_attributes(("paint:clay", "frame-low", 'x" onload:1')) == ' data-paint="clay"'
