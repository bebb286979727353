"""After `warm_kernels` nobody waits for machine code."""

from io import StringIO

from django.core.management import call_command
from numba.core.dispatcher import Dispatcher

from configurator.engine import Model, Rule, Table, Variable
from configurator.engine.compiled_model import CompiledModel, compile_model
from configurator.engine.expressions import Binary, Literal, Name
from configurator.management.commands.warm_kernels import modules


def machine_code() -> dict[str, int]:
    """How many versions of each kernel this process has."""
    return {
        f"{module.__name__}.{name}": len(kernel.signatures)
        for module in modules()
        for name, kernel in vars(module).items()
        if isinstance(kernel, Dispatcher)
    }


def test_no_question_about_any_model_needs_machine_code_that_is_not_there_yet():
    call_command("warm_kernels", stdout=StringIO())
    before = machine_code()
    numbers = [Variable(f"n{index}", tuple(range(7))) for index in range(5)]
    rules = [
        Rule(f"R{index}", Binary("<", Binary("+", Name(f"n{index}"), Name(f"n{index + 1}")), Literal(9)))
        for index in range(4)
    ]
    table = Table("T", ("n0", "n2", "n4"), tuple((a, b, (a * b) % 7) for a in range(7) for b in range(7)))
    model = Model("numbers", tuple(numbers), tuple(rules), (table,))

    for engine in ("circuit", "sat"):
        compiled = compile_model(model, engine=engine)
        for asked in (compiled, CompiledModel.from_bytes(compiled.to_bytes(), lambda: model)):
            asked.states({"n0": 3}, {})
            asked.conflict({"n0": 6, "n1": 6})
            asked.repairs({"n0": 6}, "n1", 6, {("n2", 1): 5})
            asked.complete({}, {"n3": 6, "n4": 6})
            asked.cheapest_each({"n0": 1}, {("n1", 1): 5})
            asked.dearest({"n0": 1}, {("n1", 1): 5})

    assert machine_code() == before
    assert before
