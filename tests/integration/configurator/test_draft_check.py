"""What the check before publishing tells a product manager, in words."""

import pytest

from configurator.errors import PublishRefused
from configurator.loading import draft_package
from configurator.ports import Finding, Severity
from configurator.services.draft_check import draft_findings
from configurator.services.package import package_import
from configurator.services.publish import draft_check, release_publish
from tests.integration.configurator.conftest import BIKE, NOW


def check(*changes: tuple[str, str], examples: str = "") -> tuple[Finding, ...]:
    text = BIKE + (f"examples:\n{examples}" if examples else "")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return draft_check(product=package_import(text=text, actor=None, now=NOW))


def told(findings: tuple[Finding, ...], severity: Severity) -> list[tuple[str, str]]:
    return [(finding.where, finding.text) for finding in findings if finding.severity is severity]


def test_a_sound_draft_has_notices_only(db):
    findings = check()

    assert {finding.severity for finding in findings} == {Severity.NOTICE}
    assert {finding.code for finding in findings} == {"no_bill", "no_picture"}


@pytest.mark.parametrize(
    ("rule", "severity", "where", "text"),
    [
        (
            "motor = small",
            Severity.ERROR,
            "motor = big",
            "Motor: 85 Nm can never be chosen because of R1.",
        ),
        (
            "rider_height <= 180",
            Severity.WARNING,
            "rider_height",
            "Rider height: 181 to 200 cm can never be chosen because of R1.",
        ),
        (
            "motor = big implies lights or not lights",
            Severity.WARNING,
            "R1",
            "R1 holds whatever is chosen: it says nothing.",
        ),
        (
            "frame = lowstep and battery = rack500 implies motor = big",
            Severity.WARNING,
            "R1",
            "R1 never says anything: its condition cannot hold because of T1.",
        ),
        ("lights", Severity.WARNING, "lights", "Lights is always Yes because of R1: there is no choice."),
        (
            "frame = lowstep implies rider_height <= 195",
            Severity.NOTICE,
            "R1",
            "R1 says nothing that R3 would not say without it.",
        ),
    ],
)
def test_a_finding_names_the_rules_that_are_responsible(db, rule, severity, where, text):
    findings = check(("motor = big implies battery != f400", rule))

    assert (where, text) in told(findings, severity)
    (finding,) = [each for each in findings if each.text == text]
    assert all(code in text for code in finding.rules)


def test_rules_that_contradict_each_other_are_shown_with_what_they_say(db):
    findings = check(("motor = big implies battery != f400", "motor = big and motor = small"))

    assert told(findings, Severity.ERROR) == [
        ("R1", "No configuration keeps all rules: R1 (motor = big and motor = small) contradict each other.")
    ]


def test_examples_are_tried_at_every_check(db):
    findings = check(
        examples="- {code: family, choices: {seat: rear, battery: rack500}}\n"
        "- {code: heavy, choices: {motor: big}, sold: false}\n"
        "- {code: plain, choices: {seat: none}}\n"
    )

    assert told(findings, Severity.ERROR) == [
        (
            "family",
            "The example family must be sold, but is refused: Child seat: Child seat behind, Battery: 500 Wh, in the "
            "rack cannot be had because of R2.",
        ),
        ("heavy", "The example heavy must be refused, but can be built."),
    ]


def test_a_draft_that_breaks_an_example_is_not_published(db):
    text = BIKE + "examples:\n- {code: heavy, choices: {motor: big}, sold: false}\n"
    product = package_import(text=text, actor=None, now=NOW)

    with pytest.raises(PublishRefused):
        release_publish(product=product, actor=None, now=NOW)


def test_a_bill_that_fails_for_one_rare_configuration_is_found(db):
    findings = check(("quantity: 2, when: lights", 'quantity: "if(rider_height = 199, 0 - 2, 2)", when: lights'))

    (text,) = [text for where, text in told(findings, Severity.ERROR) if where == "bill"]
    assert "Rider height: 199 cm" in text
    assert "less than nothing" in text


def test_the_check_of_the_same_draft_is_not_made_twice(bike, monkeypatch):
    draft_check(product=bike)
    monkeypatch.setattr("configurator.services.draft_check.model_check", None)

    release_publish(product=bike, actor=None, now=NOW)


def test_how_bad_a_dead_option_is_belongs_to_the_question(db):
    text = BIKE.replace("motor = big implies battery != f400", "motor = small")
    package = draft_package(package_import(text=text, actor=None, now=NOW))

    strict, lenient = draft_findings(package), draft_findings(package, Severity.WARNING)

    assert Severity.ERROR in {finding.severity for finding in strict[1]}
    assert Severity.ERROR not in {finding.severity for finding in lenient[1]}
