"""How many selections a model has."""

from configurator.engine import Model, compile_model


def count(model: Model) -> int:
    """The number of complete valid selections, from the circuit."""
    return compile_model(model).count({})
