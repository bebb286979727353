"""How many selections a model has, by asking the engine again and again."""

from configurator.engine import Choices, Model, compile_model


def count(model: Model) -> int:
    """The number of complete valid selections: every possible value of every feature is followed."""
    compiled = compile_model(model)
    names = [variable.name for variable in model.variables]

    def below(choices: Choices) -> int:
        domains = compiled.valid_domains(choices)
        name = next((name for name in names if name not in choices and len(domains[name]) > 1), None)
        return 1 if name is None else sum(below({**choices, name: value}) for value in domains[name])

    return below({})
