"""Click time and circuit size against options, measured on made-up product families and drawn as SVG."""

import math
from collections.abc import Sequence
from pathlib import Path

from benchmarks.configuration.measuring import Figures

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 760, 380, 70, 50, 40, 70
CLICK, EDGES = "#0b6e99", "#b0521a"


def slope(figures: Sequence[Figures], value: Sequence[float]) -> float:
    """The exponent b of value = a * options^b, by least squares on logarithms."""
    xs, ys = [math.log(each.options) for each in figures], [math.log(each) for each in value]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / sum((x - mean_x) ** 2 for x in xs)


def draw(figures: Sequence[Figures], clicks: Sequence[float], path: Path) -> None:
    """Both axes logarithmic; click time on the left scale, edges of the circuit on the right one."""
    edges = [max(1, each.edges) for each in figures]
    xs = _scale([each.options for each in figures], LEFT, WIDTH - RIGHT)
    left = _scale([0.01, 0.1, 1, 10], HEIGHT - BOTTOM, TOP)
    right = _scale([100, 1_000_000], HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12" role="img" aria-label="Click time and circuit size against options">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" fill="{CLICK}">median click, ms</text>',
        f'<text x="{WIDTH - RIGHT}" y="20" text-anchor="end" fill="{EDGES}">edges of the circuit</text>',
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 8}" text-anchor="middle" fill="#333">options</text>',
    ]
    for tick in (0.01, 0.1, 1, 10):
        y = left(tick)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="{CLICK}">{tick:g}</text>')
    for tick in (100, 1_000, 10_000, 100_000, 1_000_000):
        parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{right(tick) + 4:.1f}" fill="{EDGES}">{tick:,}</text>')
    for each in figures:
        x = xs(each.options)
        parts.append(
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#333">{each.options:,}</text>'
        )
    for values, scale, colour, dash in ((clicks, left, CLICK, ""), (edges, right, EDGES, ' stroke-dasharray="5 4"')):
        points = [(xs(each.options), scale(value)) for each, value in zip(figures, values)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
    path.write_text("\n".join([*parts, "</svg>", ""]), encoding="utf-8")


def _scale(domain: Sequence[float], start: float, end: float):  # type: ignore[no-untyped-def]
    low, high = math.log(min(domain)), math.log(max(domain))
    return lambda value: start + (end - start) * (math.log(max(value, min(domain))) - low) / (high - low)
