"""What the rules and the bill of a package themselves forbid to publish."""

from collections.abc import Iterator, Mapping

from configurator.engine import BillError, ConfigurationError, NoValidCompletion, Value
from configurator.formats import ProductPackage
from configurator.loading import ReleaseEngine
from configurator.ports import Finding, Severity

EXPLODED_OPTIONS = 400
"""Bills tried at most: one per option, which finds formulas that fail only when an option is taken."""


EXPLAINED_OPTIONS = 40
"""Dead options whose rules are named; a model of thousands of options may hold hundreds that can never be had."""


def draft_findings(
    package: ProductPackage, dead_options: Severity = Severity.ERROR
) -> tuple[ReleaseEngine | None, tuple[Finding, ...]]:
    """The engine of a package and what is wrong with it; no engine when it cannot be compiled."""
    code = package.product.code
    if not package.features and not package.parameters:
        return None, (Finding(Severity.ERROR, code, "There is nothing to choose: add a feature."),)
    try:
        engine = ReleaseEngine(package)
        valid = engine.valid_domains({})
    except NoValidCompletion as error:
        return None, tuple(_contradiction(package, error))
    except ConfigurationError as error:
        return None, (Finding(Severity.ERROR, code, f"{error}."),)
    return engine, (*_dead(engine, valid, dead_options), *_standards(engine), *_bills(engine, valid))


def _contradiction(package: ProductPackage, error: NoValidCompletion) -> Iterator[Finding]:
    """The rules that leave nothing to build, each by its code."""
    codes = sorted(part.code for part in error.conflict if hasattr(part, "code"))
    texts = {**{row.code: row.rule for row in package.rules}, **{row.code: row.text for row in package.tables}}
    listed = "; ".join(f"{code} ({texts[code]})" if code in texts else code for code in codes)
    text = f"No configuration keeps all rules: {listed} contradict each other." if codes else "Nothing can be built."
    yield Finding(Severity.ERROR, ", ".join(codes) or package.product.code, text)


def _dead(engine: ReleaseEngine, valid: Mapping[str, frozenset[Value]], severity: Severity) -> Iterator[Finding]:
    """Options that no configuration can have, the first of them with the rules that forbid it."""
    dead = [
        (feature, value, option)
        for feature in engine.package.features
        for value, option in feature.answers()
        if value not in valid[feature.code]
    ]
    for number, (feature, value, option) in enumerate(dead):
        why = _by(engine, feature.code, value) if number < EXPLAINED_OPTIONS else ""
        if not feature.flag:
            text = f"{feature.name}: {option.name} can never be chosen{why}."
            yield Finding(severity, f"{feature.code} = {option.code}", text)
        elif value is True:
            yield Finding(Severity.WARNING, feature.code, f"{feature.name} can never be had{why}.")
    for parameter in engine.package.parameters:
        out = [value for value in engine.domains[parameter.code] if value not in valid[parameter.code]]
        if out:
            text = f"{parameter.name}: {len(out)} of its values, such as {out[0]}, can never be chosen."
            yield Finding(Severity.WARNING, parameter.code, text)


def _by(engine: ReleaseEngine, feature: str, value: Value) -> str:
    """The rules that forbid a value, as the end of a sentence."""
    conflict = engine.conflict_for({}, feature, value)
    codes = sorted(part.code for part in conflict if hasattr(part, "code"))
    return f" because of {', '.join(codes)}" if codes else ""


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
            yield Finding(Severity.WARNING, name, text)


def _bills(engine: ReleaseEngine, valid: Mapping[str, frozenset[Value]]) -> Iterator[Finding]:
    """Bills that cannot be made: of the standard, and with each option taken."""
    tried: list[Mapping[str, Value]] = [{}]
    tried += [
        {feature.code: value}
        for feature in engine.package.features
        for value, _ in feature.answers()
        if value in valid[feature.code]
    ][:EXPLODED_OPTIONS]
    for parameter in engine.package.parameters:
        ends = [value for value in engine.domains[parameter.code] if value in valid[parameter.code]]
        tried += [{parameter.code: ends[0]}, {parameter.code: ends[-1]}]
    told: set[str] = set()
    for choices in tried:
        try:
            engine.explode(engine.complete(choices))
        except BillError as error:
            if str(error) in told:
                continue
            told.add(str(error))
            case = (
                " with " + ", ".join(str(engine.words.choice(*choice)) for choice in choices.items()) if choices else ""
            )
            yield Finding(Severity.ERROR, "bill", f"The bill cannot be made{case}: {error}.")
