"""Timing one subject: every figure of the table through the public calls, the peers on the same clicks."""

import json
import random
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.configuration.sat_peer import SatPeer
from benchmarks.configuration.subjects import Subject, clauses_of, excluded_wish, sessions
from configurator.engine import Model, Value
from configurator.engine.compiled_model import CompiledModel, compile_model
from configurator.formats import read_model

SESSIONS, CLICKS = 20, 30
PEER_SECONDS = 30.0
"""At most so long is the SAT peer timed on one model; its median is of the clicks it answered by then."""


@dataclass
class Figures:
    """What was measured of one subject; times in milliseconds unless named otherwise."""

    name: str
    options: int
    rules: int
    engine: str
    compile_seconds: float
    edges: int
    kilobytes: float
    load_ms: float = 0
    click: list[float] = field(default_factory=list)
    sat_click: list[float] = field(default_factory=list)
    conflict: list[float] = field(default_factory=list)
    explained: list[float] = field(default_factory=list)
    first_explained: list[float] = field(default_factory=list)
    """The first question for rules makes the solver that names them."""
    repairs: list[float] = field(default_factory=list)
    cheapest: list[float] = field(default_factory=list)
    mismatches: int = 0
    checked: int = 0
    peak_megabytes: float = 0
    notes: list[str] = field(default_factory=list)


def timed(into: list[float], call: Callable[..., Any], *arguments: object) -> Any:
    """What the call answers; the milliseconds of processor time it took this thread go into the list.

    Processor time, for all engines alike: what else a shared machine does at that moment is not theirs.
    """
    began = time.thread_time_ns()
    answer = call(*arguments)
    into.append((time.thread_time_ns() - began) / 1_000_000)
    return answer


def share(values: Sequence[float], part: float) -> float:
    """The value below which this part of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("nan")


def median(values: Sequence[float]) -> float:
    return statistics.median(values) if values else float("nan")


def compiled_subject(
    model: Model, name: str, *, engine: str | None = None, seconds: float = 60
) -> tuple[CompiledModel, Figures]:
    began = time.process_time()
    compiled = compile_model(model, budget_seconds=seconds, engine=engine)
    took = time.process_time() - began
    stored = compiled.to_bytes()
    options = sum(1 if isinstance(variable.domain[0], bool) else len(variable.domain) for variable in model.variables)
    size = compiled.size
    figures = Figures(
        name,
        options,
        len(model.rules) + len(model.tables),
        compiled.engine,
        took,
        size.edges if size else 0,
        (size.bytes if size else 0) / 1000,
        peak_megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    )
    if stored:
        loads: list[float] = []
        for _ in range(5):
            timed(loads, first_answer, stored, model)
        figures.load_ms = median(loads)
    return compiled, figures


def first_answer(stored: bytes, model: Model) -> None:
    """What a warm worker does with a release that it meets for the first time."""
    CompiledModel.from_bytes(stored, lambda: model).valid_domains({})


def measure_clicks(compiled: CompiledModel, figures: Figures, seed: int = 1) -> list[list[tuple[str, Value]]]:
    """Random sessions, timed after one that is not (a worker is warm)."""
    made = sessions(compiled, SESSIONS, CLICKS, seed)
    for index, session in enumerate([made[0], *made]):
        choices: dict[str, Value] = {}
        for name, value in session:
            choices[name] = value
            timed(figures.click if index else [], compiled.valid_domains, choices)
    return made


def measure_questions(compiled: CompiledModel, figures: Figures, made: list[list[tuple[str, Value]]]) -> None:
    """Conflicts, explanations and repairs for values that the choices exclude; cheapest completions."""
    dice = random.Random(3)
    standard = compiled.valid_domains({})
    first = {variable.name: variable.domain[-1] for variable in compiled.model.variables}
    prices = compiled.price_list({(name, value): dice.randint(0, 90_000) for name, value in first.items()})
    compiled.cheapest({}, prices)  # a release's prices are prepared once
    for round_ in range(4):
        for session in made:
            choices = dict(session[: dice.randint(3, max(3, len(session)))])
            timed(figures.cheapest, compiled.cheapest, choices, prices)
            wish = excluded_wish(compiled, choices, dice, standard)
            if wish is None:
                continue
            name, value = wish
            timed(figures.conflict, compiled.conflict_choices, choices, name, value)
            timed(figures.repairs, compiled.repairs, choices, name, value, prices)
            if round_ == 0 and not figures.first_explained:
                timed(figures.first_explained, compiled.conflict_for, choices, name, value)
            elif round_ < 2:
                timed(figures.explained, compiled.conflict_for, choices, name, value)


def measure_sat_peer(subject: Subject, model: Model, figures: Figures, compiled: CompiledModel, made: list) -> None:
    """The peer on the same clicks; what it says is compared with what the engine says, value by value."""
    clauses, variables, literal = clauses_of(model, subject.path)
    features = max(abs(each) for each in literal.values())
    peer = SatPeer(clauses, variables, features)
    peer.valid([])
    began = time.perf_counter()
    for session in made:
        choices: dict[str, Value] = {}
        for name, value in session:
            if time.perf_counter() - began > PEER_SECONDS:
                return
            choices[name] = value
            assumptions = [literal[pair] for pair in choices.items()]
            true, false = timed(figures.sat_click, peer.valid, assumptions)
            domains = compiled.valid_domains(choices)
            for (other, value_of_it), number in literal.items():
                if other in choices:
                    continue
                possible = bool(true[number - 1]) if number > 0 else bool(false[-number - 1])
                figures.checked += 1
                figures.mismatches += possible != (value_of_it in domains[other])


def measure_flamapy(subject: Subject, python: Path, seconds: float) -> dict[str, float] | None:
    """The open configurator on clicks of its own model, by the interpreter of its own environment."""
    if subject.peer_reads is None or not python.exists():
        return None
    compiled = compile_model(read_model(subject.peer_reads))
    clicks = sessions(compiled, 5, 12)
    ours: list[float] = []
    for session in clicks:
        choices: dict[str, Value] = {}
        for name, value in session:
            choices[name] = value
            timed(ours, compiled.valid_domains, choices)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(clicks, file)
        file.flush()
        peer = Path(__file__).with_name("flamapy_peer.py")
        done = subprocess.run(
            [str(python), str(peer), str(subject.peer_reads), file.name, str(seconds)], capture_output=True, text=True
        )
    if done.returncode:
        return {"failed": 1}
    answers = json.loads(done.stdout)
    complete = [answer for answer in answers if "complete_ms" in answer]
    return {
        "ours": median(ours),
        "propagated": median([answer["propagated_ms"] for answer in answers]),
        "complete": median([answer["complete_ms"] for answer in complete]),
        "clicks": len(complete),
        "misleading": sum(answer["left_on_show"] > 0 for answer in complete),
        "left_on_show": max((answer["left_on_show"] for answer in complete), default=0),
    }
