"""Whether a sold selection obeys its release's rules, by reading them one by one; no solver."""

from configurator.engine import evaluate
from configurator.formats import ProductPackage
from configurator.models import OrderLine


def obeys_all_rules(line: OrderLine) -> bool:
    """Whether the selection is complete, within the domains, and true for every rule and table of its release."""
    model = ProductPackage.from_document(line.release.package).to_model()
    selection = line.selection
    if any(selection.get(variable.name) not in variable.domain for variable in model.variables):
        return False
    if not all(evaluate(rule.expression, selection) for rule in model.rules):
        return False
    return all(
        (tuple(selection[column] for column in table.columns) in set(table.rows)) == table.allowed
        for table in model.tables
    )
