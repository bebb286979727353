"""The picture of a run: the best plan so far above what is proved, as paths of an SVG."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, log10

from planning.selectors.plans import Curve, amount

LEFT, RIGHT, TOP, BOTTOM = 56.0, 744.0, 14.0, 214.0
Scale = Callable[[float], float]
STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600)
TEXT_GAP = 16.0


@dataclass(frozen=True, slots=True)
class CurveFigure:
    """Paths and texts, ready to be drawn in a box of 760 by 240."""

    name: str
    sentence: str
    best: str
    bound: str
    between: str
    rows: tuple[tuple[float, str], ...]
    columns: tuple[tuple[float, str], ...]
    now: float
    value: tuple[float, float, str]
    least: tuple[float, str] | None
    is_right: bool


def curve_figure(curve: Curve, budget_seconds: float) -> CurveFigure:
    """The drawing of a curve; the axis begins near the lowest value, as its numbers say."""
    last = max(curve.best[-1][0], curve.bound[-1][0] if curve.bound else 0.0)
    width = max(float(budget_seconds), last, 1.0)
    values = [value for _, value in (*curve.best, *curve.bound)]
    step = _nice((max(values) - min(values)) / 4 or max(max(values) / 4, 1.0))
    if not curve.unit:
        step = max(step, 1.0)  # pieces
    low = step * max(0, floor(min(values) / step - 0.2))
    high = step * ceil(max(values) / step + 0.2)

    def x(second: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * second / width, 1)

    def y(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low), 1)

    def steps(points: tuple[tuple[float, float], ...]) -> str:
        (first, value), *rest = points
        path = f"M{x(first)} {y(value)}" + "".join(f"H{x(second)}V{y(some)}" for second, some in rest)
        return f"{path}H{x(last)}"

    digits = max(0, -floor(log10(step)) + (1 if f"{step:e}"[:3] == "2.5" else 0))
    every = next((step for step in STEPS if width / step <= 8), 1200)
    value = curve.best[-1][1]
    least = curve.bound[-1][1] if curve.bound else None
    word = amount(value, curve.unit, 1)
    value_y = max(y(value) - 8, TOP + 8)
    bound = steps(curve.bound) if curve.bound else ""
    return CurveFigure(
        name=curve.name,
        sentence=f"{curve.name}: from {amount(curve.best[0][1], curve.unit, 1)} to {word} in {last:.0f} s",
        best=steps(curve.best),
        bound=bound,
        between=f"{steps(curve.best)}V{y(least)}{_back(curve.bound, x, y)}Z" if least is not None else "",
        rows=tuple((y(low + step * n), f"{low + step * n:,.{digits}f}") for n in range(round((high - low) / step) + 1)),
        columns=tuple((x(n), f"{n} s") for n in range(0, int(width) + 1, every)),
        now=x(last),
        value=(x(last), value_y, f"{word} now"),
        least=(max(y(least) - 6, value_y + TEXT_GAP), f"not below {amount(least, curve.unit, 1)}")
        if least is not None and least < value
        else None,
        is_right=x(last) > (LEFT + RIGHT) / 2,
    )


def _nice(least: float) -> float:
    """The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below `least`."""
    power = 10.0 ** floor(log10(least))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= least * 0.999)


def _back(points: tuple[tuple[float, float], ...], x: Scale, y: Scale) -> str:
    """The same steps walked from right to left."""
    path = ""
    for second, value in reversed(points):
        path += f"V{y(value)}H{x(second)}"
    return path
