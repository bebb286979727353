"""One table, everything in one run: python -m benchmarks.configuration [--flamapy PYTHON] [--out FOLDER]."""

import argparse
import gc
import platform
from pathlib import Path

from benchmarks.configuration.growth import draw, slope
from benchmarks.configuration.measuring import (
    Figures,
    compiled_subject,
    measure_clicks,
    measure_flamapy,
    measure_questions,
    measure_sat_peer,
    median,
    share,
    timed,
)
from benchmarks.configuration.subjects import MODELS, SUBJECTS, Subject, product_family
from configurator.engine.compiled_model import warm
from configurator.formats import read_model

FAMILIES = (500, 1000, 2500, 5000, 10_000, 18_000)
HEAD = (
    "| model | options | engine | compile s | edges | KB | load ms | click median / p99 ms | SAT median ms | faster | "
    "conflict p99 | rules named p99 (first) | 3 repairs p99 | cheapest p99 | checked, mismatches |"
)


def limits(options: int) -> tuple[float, float]:
    """What a click may take, median and 99th percentile, in milliseconds."""
    return (0.15, 0.5) if options <= 800 else (0.5, 1.5) if options <= 3000 else (4, 12)


def row(figures: Figures) -> str:
    ours, theirs = median(figures.click), median(figures.sat_click)
    faster = f"{theirs / ours:,.0f} x" if figures.sat_click else ""
    return (
        f"| {figures.name} | {figures.options:,} | {figures.engine} | {figures.compile_seconds:.1f} "
        f"| {figures.edges:,} | {figures.kilobytes:,.0f} | {figures.load_ms:.1f} "
        f"| {ours:.3f} / {share(figures.click, 0.99):.3f} | {theirs:.2f} | {faster} "
        f"| {share(figures.conflict, 0.99):.2f} "
        f"| {share(figures.explained, 0.99):.1f} ({median(figures.first_explained):.0f}) "
        f"| {share(figures.repairs, 0.99):.2f} | {share(figures.cheapest, 0.99):.2f} "
        f"| {figures.checked:,}, {figures.mismatches} |"
    )


def missed(subject: Subject, figures: Figures) -> list[str]:
    """Targets that this run did not reach, in words."""
    middle, slow = limits(figures.options)
    ours, theirs = median(figures.click), median(figures.sat_click)
    checks = [
        ("mismatches", figures.mismatches, 0),
        ("compile seconds", figures.compile_seconds, subject.compile_limit),
        ("median click ms", ours, middle),
        ("p99 click ms", share(figures.click, 0.99), slow),
        ("conflict p99 ms", share(figures.conflict, 0.99), 2),
        ("rules named p99 ms", share(figures.explained, 0.99), 50),
        ("three repairs p99 ms", share(figures.repairs, 0.99), 5),
        ("cheapest p99 ms", share(figures.cheapest, 0.99), 1),
        ("load ms", figures.load_ms, 50),
        ("kilobytes", figures.kilobytes, 10_000),
        ("share of the SAT peer's time times the factor asked for", subject.sat_factor * ours / theirs, 1),
    ]
    return [
        f"{subject.name}: {what} {value:,.2f}, asked for {limit:,g}" for what, value, limit in checks if value > limit
    ]


def fallback(subject: Subject) -> list[str]:
    """The SAT engine behind the same calls."""
    model = read_model(subject.path)
    compiled, figures = compiled_subject(model, subject.name, engine="sat")
    first: list[float] = []
    timed(first, compiled.valid_domains, {})
    measure_clicks(compiled, figures)
    lines = [
        f"Fallback on {subject.name} ({figures.engine}): first click {first[0]:.0f} ms, then median "
        f"{median(figures.click):.1f} ms, p95 {share(figures.click, 0.95):.1f} ms."
    ]
    if first[0] > 500 or share(figures.click, 0.95) > 60:
        lines.append("MISSED: 500 ms for the first click, then 60 ms (p95) were asked for")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--flamapy", type=Path, default=Path("var/bench/flamapy/bin/python"))
    parser.add_argument("--out", type=Path, default=Path("var/bench"))
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    print(
        f"{platform.processor() or platform.machine()}, Python {platform.python_version()}\n\n{HEAD}\n|{' --- |' * 15}"
    )
    warm()  # machine code is made at set-up; here it is loaded
    problems: list[str] = []
    for subject in SUBJECTS:
        if options.only and options.only != subject.name:
            continue
        model = read_model(subject.path)
        compiled, figures = compiled_subject(model, subject.name, seconds=120)
        made = measure_clicks(compiled, figures)
        measure_questions(compiled, figures, made)
        measure_sat_peer(subject, model, figures, compiled, made)
        print(row(figures), flush=True)
        problems += missed(subject, figures)
        del compiled, model
        gc.collect()
    print()
    for line in fallback(Subject("eCos", MODELS / "ecos_i386.dimacs", 60)):
        print(line, flush=True)
    print()
    for subject in SUBJECTS:
        answer = measure_flamapy(subject, options.flamapy, 60)
        if answer is None:
            continue
        print(
            f"flamapy on {subject.name}: propagation median {answer['propagated']:.2f} ms, and "
            f"{answer['misleading']:.0f} of {answer['clicks']:.0f} clicks leave dead options on show (up to "
            f"{answer['left_on_show']:.0f}); complete median {answer['complete']:.0f} ms; "
            f"this engine, complete: {answer['ours']:.3f} ms."
            if "failed" not in answer
            else f"flamapy on {subject.name}: it does not read the model.",
            flush=True,
        )
    print(f"\n| family of options | compile s | edges | click median / p99 ms |\n|{' --- |' * 4}")
    families, clicks = [], []
    for size in FAMILIES:
        compiled, figures = compiled_subject(product_family(size), f"family {size:,}", seconds=300)
        measure_clicks(compiled, figures)
        families.append(figures)
        clicks.append(median(figures.click))
        print(
            f"| {figures.options:,} | {figures.compile_seconds:.1f} | {figures.edges:,} | {clicks[-1]:.3f} / "
            f"{share(figures.click, 0.99):.3f} |",
            flush=True,
        )
        middle, slow = limits(figures.options)
        if clicks[-1] > middle or share(figures.click, 0.99) > slow:
            problems.append(f"family of {size:,}: click {clicks[-1]:.2f} / {share(figures.click, 0.99):.2f} ms")
    draw(families, clicks, options.out / "configuration_growth.svg")
    edges = [float(each.edges) for each in families]
    print(
        f"\nClick time grows as options^{slope(families, clicks):.2f}, edges as options^{slope(families, edges):.2f}: "
        "a click looks at every edge of the circuit at most twice, so it is bounded by the circuit's size, and that by "
        f"how tangled the rules are, not by how many configurations there are. Drawn in {options.out}."
    )
    print(f"\nPeak memory of this process while compiling: {max(each.peak_megabytes for each in families):,.0f} MB.")
    print("\n" + ("\n".join(["Missed:", *problems]) if problems else "Every target was reached."))


if __name__ == "__main__":
    main()
