"""The picture of a run; no database."""

import pytest

from planning.models import SolveRun
from planning.selectors.plans import Curve, method_shares, run_curve
from planning.views.figure import BOTTOM, TOP, curve_figure

CURVE = Curve("Changeover time", "h", ((0.5, 6.0), (2.0, 4.5), (8.0, 4.0)), ((0.5, 1.0), (8.0, 2.0)))


def objective(**values: int) -> dict[str, int]:
    return {
        "unplanned": 0,
        "broken_promises": 0,
        "weighted_tardiness": 0,
        "changeover": 0,
        "makespan": 0,
        "earliness": 0,
    } | values


def run(*steps: tuple[str, float, dict[str, int], dict[str, int] | None]) -> SolveRun:
    return SolveRun(
        progress=[
            {"method": method, "elapsed": elapsed, "best": best, "bound": bound}
            for method, elapsed, best, bound in steps
        ]
    )


def test_the_best_plan_goes_down_in_steps_and_the_axis_says_between_which_values():
    figure = curve_figure(CURVE, 10)

    assert figure.best.count("V") == 2
    assert figure.sentence == "Changeover time: from 6.0 h to 4.0 h in 8 s"
    assert figure.rows[0][1] == "0"
    assert all(TOP <= y <= BOTTOM for y, _ in figure.rows)


def test_what_is_proved_is_named_below_the_value():
    figure = curve_figure(CURVE, 10)

    assert figure.value[2] == "4.0 h now"
    assert figure.least is not None
    assert figure.least[1] == "not below 2.0 h"
    assert figure.least[0] > figure.value[1]


@pytest.mark.parametrize("value", [0.0, 0.25, 1.0, 40.0])
def test_a_flat_curve_is_drawn_too(value):
    figure = curve_figure(Curve("Changeover time", "h", ((0.1, value),), ()), 10)

    assert figure.best.startswith("M")
    assert figure.least is None


def test_pieces_have_whole_numbers_on_their_axis():
    figure = curve_figure(Curve("Late orders", "", ((1, 1.0), (3, 1.0)), ((1, 0.0),)), 10)

    assert [text for _, text in figure.rows] == ["0", "1", "2"]


def test_the_curve_shows_the_most_important_criterion_that_moved():
    steps = run(
        ("construction", 1.0, objective(weighted_tardiness=7200, changeover=600), objective()),
        ("local search", 2.0, objective(weighted_tardiness=3600, changeover=900), objective()),
    )
    curve = run_curve(steps)

    assert curve is not None
    assert curve.name == "Hours late, weighted by customer"
    assert curve.best == ((1.0, 2.0), (2.0, 1.0))


def test_a_run_without_news_has_no_curve():
    assert run_curve(run()) is None


def test_a_gain_counts_for_the_method_and_the_criterion_that_got_better():
    shares = method_shares(
        run(
            ("construction", 1.0, objective(broken_promises=2, changeover=7200), None),
            ("local search", 3.0, objective(broken_promises=1, changeover=9000), None),
            ("CP-SAT", 4.0, objective(broken_promises=1, changeover=5400), None),
            ("local search", 5.0, objective(broken_promises=0, changeover=5400), None),
        )
    )

    assert [(share.method, share.seconds) for share in shares] == [
        ("construction", 1.0),
        ("local search", 3.0),
        ("CP-SAT", 1.0),
    ]
    assert [share.gains for share in shares] == [(), ("late orders −2",), ("changeover time −1.0 h",)]
