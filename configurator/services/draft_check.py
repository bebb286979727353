"""What the rules and the bill of a package themselves forbid to publish."""

from collections.abc import Iterator

from configurator.engine import BillError, ConfigurationError, prove_bill
from configurator.engine.model_check import Example, FindingCode, model_check
from configurator.formats import ProductPackage
from configurator.loading import ReleaseEngine
from configurator.loading.engines import BuildOnce, draft_engine
from configurator.loading.findings import FindingWords
from configurator.loading.gaps import gaps
from configurator.ports import Finding, Severity

CHECK_SECONDS = 60
PROOF_SECONDS = 60
KEPT_CHECKS = 8

Checked = tuple[ReleaseEngine | None, tuple[Finding, ...]]

_checks: BuildOnce[Checked] = BuildOnce(KEPT_CHECKS)


def draft_findings(package: ProductPackage, dead_options: Severity = Severity.ERROR) -> Checked:
    """The engine of a package and what is wrong with it; no engine when it cannot be compiled or nothing can be built.

    The check of a package is kept: it is asked for when it is shown and once more when it is published.
    """
    code = package.product.code
    if not package.features and not package.parameters:
        return None, (Finding(Severity.ERROR, code, "There is nothing to choose: add a feature."),)
    return _checks.get(f"{package.content_hash()} {dead_options}", lambda: _checked(package, dead_options))


def _checked(package: ProductPackage, dead_options: Severity) -> Checked:
    try:
        engine = draft_engine(package)
        examples = [Example(entry.code, entry.choices, entry.sold) for entry in package.examples]
        found = model_check(engine.compiled, examples, dead_values=dead_options, budget_seconds=CHECK_SECONDS)
    except ConfigurationError as error:
        return None, (Finding(Severity.ERROR, package.product.code, f"{error}."),)
    words = FindingWords(package, engine.words)
    findings = tuple(words.finding(each) for each in found)
    if any(each.code is FindingCode.VOID for each in found):
        return None, findings
    return engine, (*findings, *_standards(engine), *_bill(engine, words), *gaps(package))


def _standards(engine: ReleaseEngine) -> Iterator[Finding]:
    """Standards that a fresh configuration cannot keep together."""
    selection = engine.complete({})
    for name, default in engine.defaults.items():
        if selection[name] != default:
            words = engine.words
            text = (
                f"The standard of {words.feature(name)}, {words.value(name, default)}, does not fit the other "
                f"standards: a fresh configuration has {words.value(name, selection[name])}."
            )
            yield Finding(Severity.WARNING, name, text, "standard_lost")


def _bill(engine: ReleaseEngine, words: FindingWords) -> tuple[Finding, ...]:
    """Configurations that have no bill: there is none of them, or each mistake is named with what leads to it."""
    try:
        return words.bill(prove_bill(engine.bill, engine.compiled, budget_seconds=PROOF_SECONDS))
    except BillError as error:
        return (Finding(Severity.ERROR, "bill", f"The bill cannot be made: {error}."),)
