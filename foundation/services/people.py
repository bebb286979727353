"""Granting roles."""

from datetime import datetime

from django.db import transaction

from foundation.models import RoleGrant, User
from foundation.roles import Role
from foundation.services.audit import audit_record

# The admin asks for Django's staff flag; these roles have rows to edit there.
DESK_ROLES = frozenset({Role.PLANNER, Role.PRODUCT_MANAGER, Role.INTEGRATOR, Role.ADMINISTRATOR})


@transaction.atomic
def roles_set(*, user: User, roles: frozenset[Role], actor: User | None, now: datetime) -> None:
    """Give the user exactly these roles."""
    before = frozenset(Role(value) for value in user.role_grants.values_list("role", flat=True))
    user.role_grants.exclude(role__in=roles).delete()
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role) for role in sorted(roles - before)])
    staff_align(user=user)
    user.__dict__.pop("roles", None)  # the cached answer is no longer true
    if before != roles:
        detail = {"before": sorted(before), "after": sorted(roles)}
        audit_record(actor=actor, verb="roles_set", subject=user, detail=detail, at=now)


def staff_align(*, user: User) -> None:
    """Open the admin to those whose roles have rows there, and close it to all others."""
    desk = user.is_superuser or user.role_grants.filter(role__in=DESK_ROLES).exists()
    User.objects.filter(pk=user.pk).update(is_staff=desk)
    user.is_staff = desk
