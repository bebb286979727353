"""Whether a sold selection obeys its release's rules, by reading them one by one; no solver."""

from functools import lru_cache

from configurator.engine import Model, evaluate
from configurator.formats import ProductPackage
from configurator.models import OrderLine, Release


def obeys_all_rules(line: OrderLine) -> bool:
    """Whether the selection is complete, within the domains, and true for every rule and table of its release."""
    model = _model(line.release_id)
    selection = line.selection
    if any(selection.get(variable.name) not in variable.domain for variable in model.variables):
        return False
    if not all(evaluate(rule.expression, selection) for rule in model.rules):
        return False
    return all(
        (tuple(selection[column] for column in table.columns) in set(table.rows)) == table.allowed
        for table in model.tables
    )


@lru_cache(maxsize=16)
def _model(release_id: int) -> Model:
    """The rules of a release as they were published, read from its document."""
    return ProductPackage.from_document(Release.objects.get(pk=release_id).package).to_model()
