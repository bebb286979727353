from foundation.models.audit import AuditEntry
from foundation.models.clock import PlantClock
from foundation.models.idempotency import IdempotencyKey
from foundation.models.live import LiveEvent
from foundation.models.ordered_json import OrderedJSONField
from foundation.models.people import RoleGrant, User

__all__ = ["AuditEntry", "IdempotencyKey", "LiveEvent", "OrderedJSONField", "PlantClock", "RoleGrant", "User"]
