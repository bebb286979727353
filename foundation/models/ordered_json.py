"""A JSON column that keeps the order of the keys."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class OrderedJSONField(models.JSONField):
    """JSON as it was written. PostgreSQL's `jsonb`, which Django takes otherwise, sorts the keys of an object anew."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """`json` on PostgreSQL, which keeps the text; elsewhere JSON is text anyway."""
        return "json" if connection.vendor == "postgresql" else super().db_type(connection)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Migrations of other apps name the field by the foundation's door."""
        name, _, arguments, named = super().deconstruct()
        return name, "foundation.api.OrderedJSONField", arguments, named

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """The value for the driver, without the way through `jsonb`."""
        if connection.vendor != "postgresql" or value is None or hasattr(value, "as_sql"):
            return super().get_db_prep_value(value, connection, prepared)
        from psycopg.types.json import Json  # only where that database is used

        return Json(value)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """The driver has read `json` already; text is left to Django."""
        return value if isinstance(value, dict | list) else super().from_db_value(value, expression, connection)
