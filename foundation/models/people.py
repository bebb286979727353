"""People, machines with an account, and what they may do."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property

from foundation.roles import Role


class User(AbstractUser):
    """Somebody who signs in. What they may do is said by their role grants alone."""

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles granted to this user, read once per request."""
        return frozenset(Role(value) for value in self.role_grants.values_list("role", flat=True))

    def has_role(self, role: Role) -> bool:
        """True when the role is granted; an administrator has every role."""
        return self.is_superuser or role in self.roles or Role.ADMINISTRATOR in self.roles


class RoleGrant(models.Model):
    """One role of one user."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=32, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="role_grant_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"
