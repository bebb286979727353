from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from foundation.api import Role, audit_record, roles_set
from foundation.models import AuditEntry, RoleGrant, User

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 5, 10, 12, 0, tzinfo=UTC)


def test_an_administrator_has_every_role(person):
    boss = person("boss", Role.ADMINISTRATOR)

    assert all(boss.has_role(role) for role in Role)


def test_setting_roles_replaces_them_and_is_noted(person):
    petra, boss = person("petra", Role.OPERATOR), person("boss", Role.ADMINISTRATOR)

    roles_set(user=petra, roles=frozenset({Role.PLANNER}), actor=boss, now=NOON)

    assert petra.roles == {Role.PLANNER}
    entry = AuditEntry.objects.get()
    assert (entry.actor_name, entry.verb, entry.subject_text) == ("boss", "roles_set", "petra")
    assert entry.detail == {"before": ["operator"], "after": ["planner"]}


def test_setting_the_same_roles_again_notes_nothing(person):
    petra = person("petra", Role.OPERATOR)

    roles_set(user=petra, roles=frozenset({Role.OPERATOR}), actor=None, now=NOON)

    assert not AuditEntry.objects.exists()


def test_only_desk_roles_open_the_admin(person):
    petra = person("petra")

    roles_set(user=petra, roles=frozenset({Role.PLANNER}), actor=None, now=NOON)
    assert User.objects.get(pk=petra.pk).is_staff
    roles_set(user=petra, roles=frozenset({Role.OPERATOR}), actor=None, now=NOON)
    assert not User.objects.get(pk=petra.pk).is_staff


def test_a_role_is_granted_once(person):
    petra = person("petra", Role.OPERATOR)

    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=petra, role=Role.OPERATOR)


def test_the_trail_keeps_the_name_of_an_account_that_went(person):
    petra, subject = person("petra"), person("subject")
    audit_record(actor=petra, verb="seen", subject=subject, detail={}, at=NOON)

    petra.delete()

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name, entry.subject_type) == (None, "petra", "foundation.user")


def test_a_planner_may_edit_planning_rows_and_no_product(person):
    petra = person("petra", Role.PLANNER)

    assert petra.has_perm("planning.change_station")
    assert not petra.has_perm("configurator.change_product")


def test_an_operator_may_edit_no_rows(person):
    otto = person("otto", Role.OPERATOR)

    assert not any(otto.has_module_perms(app) for app in ("planning", "configurator", "shopfloor", "foundation"))
