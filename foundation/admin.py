"""People and the audit trail in the admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django_celery_results.admin import GroupResult, TaskResult  # from there, so that they are registered by now
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from foundation.models import AuditEntry, RoleGrant, User
from foundation.read_only import ReadOnly
from foundation.services.audit import audit_record
from foundation.services.clock import plant_now
from foundation.services.people import staff_align

admin.site.unregister(Group)  # what somebody may do is said by roles alone
for table in (GroupResult, TaskResult):
    admin.site.unregister(table)  # for the machine; a person looks at the run or the transfer itself


class RoleGrantInline(TabularInline):
    model = RoleGrant
    extra = 0


@admin.register(User)
class PeopleAdmin(UserAdmin, ModelAdmin):
    """Accounts and their roles; who may open the admin follows from the roles."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    inlines = [RoleGrantInline]
    list_display = ["username", "first_name", "last_name", "email", "granted", "is_active"]
    list_filter = ["is_active", "role_grants__role"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("Account", {"fields": ["is_active", "last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("role_grants")

    @admin.display(description="roles")
    def granted(self, user: User) -> str:
        return ", ".join(grant.get_role_display() for grant in user.role_grants.all())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        user = form.instance
        staff_align(user=user)
        roles = sorted(user.role_grants.values_list("role", flat=True))
        actor = request.user if isinstance(request.user, User) else None
        audit_record(actor=actor, verb="account_edited", subject=user, detail={"roles": roles}, at=plant_now())


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, ModelAdmin):
    """What happened."""

    list_display = ["at", "actor_name", "verb", "subject_type", "subject_text"]
    list_filter = ["verb", "subject_type"]
    search_fields = ["actor_name", "subject_text", "subject_id"]
    date_hierarchy = "at"
