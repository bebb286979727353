"""Rows of the admin that are looked at and never edited."""

from typing import Any

from django.http import HttpRequest


class ReadOnly:
    """Mixed into an admin or an inline: rows that services write and nobody edits, not even an administrator."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
