"""Run by an environment of its own, since flamapy is GPL: python flamapy_peer.py MODEL SESSIONS.json SECONDS.

MODEL is UVL, or DIMACS where flamapy cannot parse the UVL.
SESSIONS holds lists of clicks, each [feature, value]. Prints JSON: for every click the milliseconds of its
configurator's propagation and of its complete operations (core and dead features under the choices), and how many
options the first leaves on show that the second finds impossible. SECONDS bounds the complete operations.
"""

import json
import sys
import time
from pathlib import Path

from flamapy.metamodels.configurator_metamodel.solver.pysat_backend import PySATBackend
from flamapy.metamodels.fm_metamodel.transformations import UVLReader
from flamapy.metamodels.pysat_metamodel.models.pysat_model import PySATModel
from flamapy.metamodels.pysat_metamodel.operations import PySATCoreFeatures, PySATDeadFeatures
from flamapy.metamodels.pysat_metamodel.transformations import DimacsReader, FmToPysat


def under(model: PySATModel, choices: dict[str, bool]) -> PySATModel:
    """The model with the choices as clauses."""
    chosen = PySATModel()
    chosen.variables, chosen.features = model.variables, model.features
    for clause in model.get_all_clauses():
        chosen.add_clause(clause)
    for name, value in choices.items():
        chosen.add_clause([model.variables[name] if value else -model.variables[name]])
    return chosen


def main() -> None:
    path, sessions, seconds = sys.argv[1], json.loads(Path(sys.argv[2]).read_text()), float(sys.argv[3])
    uvl = path.endswith(".uvl")
    model = FmToPysat(UVLReader(path).transform()).transform() if uvl else DimacsReader(path).transform()
    backend = PySATBackend(model)
    answers = []
    for session in sessions:
        choices: dict[str, bool] = {}
        for feature, value in session:
            choices[feature] = value
            began = time.perf_counter()
            implied = backend.propagate(choices)
            answer = {"propagated_ms": (time.perf_counter() - began) * 1000}
            if seconds > 0:
                chosen = under(model, choices)
                began = time.perf_counter()
                fixed = {*PySATCoreFeatures().execute(chosen).get_result()}
                fixed |= {*PySATDeadFeatures().execute(chosen).get_result()}
                took = time.perf_counter() - began
                seconds -= took
                answer["complete_ms"] = took * 1000
                answer["left_on_show"] = len(fixed - set(implied or ()) - set(choices))
            answers.append(answer)
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
