"""Writing the audit trail."""

from datetime import datetime
from typing import Any

from django.db.models import Model

from foundation.models import AuditEntry, User

SYSTEM = "system"


def audit_record(*, actor: User | None, verb: str, subject: Model, detail: dict[str, Any], at: datetime) -> AuditEntry:
    """Note who did what to what, in the caller's transaction: the deed and its entry stand or fall together."""
    text = str(subject)
    return AuditEntry.objects.create(
        at=at,
        actor=actor,
        actor_name=actor.get_username() if actor else SYSTEM,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_text=text if len(text) <= 200 else text[:199] + "…",
        detail=detail,
    )
