"""The door of the foundation: all that another app may import."""

from foundation.clock import ClockReading
from foundation.models import OrderedJSONField, User
from foundation.read_only import ReadOnly
from foundation.roles import Role, actor_of, allow, allow_anyone
from foundation.services.audit import audit_record
from foundation.services.clock import (
    ClockError,
    ClockWouldGoBack,
    clock_jump,
    clock_reading,
    clock_start,
    plant_now,
)
from foundation.services.idempotency import IdempotencyClaim, IdempotencyConflict, fingerprint_of, idempotent
from foundation.services.live import live_position, live_publish
from foundation.services.people import roles_set

__all__ = [
    "ClockError",
    "ClockReading",
    "ClockWouldGoBack",
    "IdempotencyClaim",
    "IdempotencyConflict",
    "OrderedJSONField",
    "ReadOnly",
    "Role",
    "User",
    "actor_of",
    "allow",
    "allow_anyone",
    "audit_record",
    "clock_jump",
    "clock_reading",
    "clock_start",
    "fingerprint_of",
    "idempotent",
    "live_position",
    "live_publish",
    "plant_now",
    "roles_set",
]
