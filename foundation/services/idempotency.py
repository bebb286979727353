"""Requests that may be sent twice and must act once."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

from foundation.models import IdempotencyKey


class IdempotencyConflict(ValueError):
    """The key was used before for a different request."""

    def __init__(self, scope: str, key: str) -> None:
        super().__init__(f"The key {key!r} was used before for a different request ({scope}). Use a new key.")
        self.scope = scope
        self.key = key


@dataclass(frozen=True, slots=True)
class IdempotencyClaim:
    """Whether this request is the first under its key, and what the first one led to."""

    pk: int
    first: bool
    result: Any

    def keep(self, result: Any) -> None:
        """Store what the request led to (JSON), for those who repeat it."""
        IdempotencyKey.objects.filter(pk=self.pk).update(result=result)


def idempotent(*, scope: str, key: str, fingerprint: str) -> IdempotencyClaim:
    """Claim a key inside the caller's transaction, so that a request which fails gives its key back.

    A second request with the same key waits for the first to end; it gets its result, or IdempotencyConflict when
    it asks for something else.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("idempotent() needs a transaction: the key and the deed stand or fall together.")
    row, first = IdempotencyKey.objects.get_or_create(scope=scope, key=key, defaults={"fingerprint": fingerprint})
    if row.fingerprint != fingerprint:
        raise IdempotencyConflict(scope, key)
    return IdempotencyClaim(pk=row.pk, first=first, result=row.result)


def fingerprint_of(content: Any) -> str:
    """The SHA-256 of what was asked (JSON-able), whatever the order of its keys."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
