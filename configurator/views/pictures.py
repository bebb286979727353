"""A product's picture with the modules that its configuration shows.

A picture is an SVG under static/ whose `<g class="part" data-module="...">` groups are its modules. An option names
the modules it shows. `data-with` and `data-without` on a group name further modules that must, or must not, be
shown. A group without a module is always shown. A part written `paint:clay` is no module: it becomes the
attribute `data-paint="clay"` of the frame around the picture, which the style sheet turns into colours.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

SVG = "http://www.w3.org/2000/svg"
SAFE_ATTRIBUTES = frozenset(
    [
        "class",
        "cx",
        "cy",
        "d",
        "height",
        "id",
        "points",
        "r",
        "role",
        "rx",
        "ry",
        "transform",
        "viewBox",
        "width",
        "x",
        "x1",
        "x2",
        "y",
        "y1",
        "y2",
        "aria-label",
        "data-module",
        "data-with",
        "data-without",
    ]
)
SAFE_TAGS = frozenset(
    f"{{{SVG}}}{name}"
    for name in ["svg", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "text"]
)

ElementTree.register_namespace("", SVG)


class PictureUnusable(Exception):
    """The file is no picture that may be shown inside a page."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Layer:
    """One top-level element of a picture: a module, or something that is always there."""

    module: str
    needs: frozenset[str]
    excludes: frozenset[str]
    markup: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, read once per process."""

    view_box: str
    layers: tuple[Layer, ...]

    def shown(self, parts: Collection[str]) -> list[Layer]:
        """The layers to draw, back to front."""
        present = {"", *parts}
        return [
            layer
            for layer in self.layers
            if layer.module in present and layer.needs <= present and not layer.excludes & present
        ]


def picture_named(name: str) -> Picture | None:
    """The picture under static/, None when there is none; raises `PictureUnusable`."""
    if not name:
        return None
    found = finders.find(name) if name.endswith(".svg") else None
    return _read(found, name, Path(found).stat().st_mtime_ns if settings.DEBUG else 0) if found else None


@cache
def _read(path: str, name: str, changed_at: int) -> Picture:
    try:
        root = ElementTree.parse(path).getroot()  # noqa: S314  # our own static file, and checked below
    except ElementTree.ParseError as error:
        raise PictureUnusable(name, f"This is not SVG: {error}.") from error
    for element in root.iter():
        if element.tag not in SAFE_TAGS:
            raise PictureUnusable(name, f"{element.tag} may not stand in a picture.")
        if unknown := set(element.attrib) - SAFE_ATTRIBUTES:
            raise PictureUnusable(name, f"The attribute {min(unknown)} may not stand in a picture.")
    return Picture(view_box=root.get("viewBox", "0 0 100 100"), layers=tuple(_layer(element) for element in root))


def _layer(element: ElementTree.Element) -> Layer:
    markup = ElementTree.tostring(element, encoding="unicode").strip().replace(f' xmlns="{SVG}"', "")
    return Layer(
        module=element.get("data-module", ""),
        needs=frozenset(element.get("data-with", "").split()),
        excludes=frozenset(element.get("data-without", "").split()),
        markup=markup,
    )


def picture_svg(
    picture: Picture,
    *,
    parts: Collection[str],
    label: str,
    sections: Mapping[str, str] | None = None,
) -> SafeString:
    """The SVG as markup for a page; with `sections` (module -> section code) every module knows its section."""
    drawn = []
    for layer in picture.shown(parts):
        section = sections.get(layer.module) if sections else None
        # The list of sections leads the same ways; a script makes these groups do so for the pointer.
        drawn.append(f'<g data-section="{conditional_escape(section)}">{layer.markup}</g>' if section else layer.markup)
    return mark_safe(  # noqa: S308  # markup of our own file, checked when read; everything else is escaped
        f'<svg class="bike" viewBox="{conditional_escape(picture.view_box)}" role="img" '
        f'aria-label="{conditional_escape(label)}">{"".join(drawn)}</svg>'
    )


def frame_attributes(parts: Collection[str]) -> SafeString:
    """`data-paint="clay"` and the like, from the parts that are no modules."""
    pairs = (part.split(":", 1) for part in parts if ":" in part)
    return format_html_join("", ' data-{}="{}"', ((name, value) for name, value in pairs if name.isidentifier()))
