"""The model check: what a product manager should know about the rules before a release is published."""

from configurator.engine.model_check.check import Example, Progress, model_check
from configurator.engine.model_check.findings import FindingCode, ModelFinding, Severity

__all__ = ["Example", "FindingCode", "ModelFinding", "Progress", "Severity", "model_check"]
