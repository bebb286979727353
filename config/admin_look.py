"""How the admin looks: the product's paper, ink and marking blue (see static/css/tokens.css) in Unfold's scale."""

from typing import Any

# lightness and chroma of each step; the hue is that of the marking blue
BLUE_STEPS = {
    50: "97% .014",
    100: "94% .028",
    200: "88% .058",
    300: "80% .098",
    400: "70% .15",
    500: "58% .2",
    600: "45% .22",
    700: "40% .2",
    800: "34% .165",
    900: "29% .12",
    950: "23% .085",
}
INK_STEPS = {
    50: "97.5% .006",
    100: "95% .008",
    200: "89% .009",
    300: "82% .009",
    400: "70% .007",
    500: "55% .007",
    600: "44% .007",
    700: "35% .006",
    800: "27% .006",
    900: "22% .005",
    950: "17% .005",
}


def scale(steps: dict[int, str], hue: int) -> dict[str, str]:
    """Unfold's colour scale of one hue."""
    return {str(step): f"oklch({value} {hue})" for step, value in steps.items()}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Linewright",
    "SITE_HEADER": "Linewright",
    "SITE_SUBHEADER": "Knowledge, plant and line",
    "SITE_URL": "/home/",
    "SITE_SYMBOL": "precision_manufacturing",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "4px",
    "COLORS": {"base": scale(INK_STEPS, 85), "primary": scale(BLUE_STEPS, 266)},
    "SIDEBAR": {"show_search": True, "show_all_applications": True},
}
