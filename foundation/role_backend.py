"""What the admin may show to whom, derived from roles."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend

from foundation.models import User
from foundation.roles import Role


class RoleBackend(ModelBackend):
    """Grants a role all permissions on the rows of the apps that `settings.ROLE_ADMIN_APPS` names for it."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return self._may_edit(user_obj, perm.partition(".")[0]) or super().has_perm(user_obj, perm, obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return self._may_edit(user_obj, app_label) or super().has_module_perms(user_obj, app_label)

    @staticmethod
    def _may_edit(user: Any, app_label: str) -> bool:
        if not user.is_active or not isinstance(user, User):
            return False
        if user.has_role(Role.ADMINISTRATOR):
            return True
        return any(app_label in settings.ROLE_ADMIN_APPS.get(role.value, ()) for role in user.roles)
