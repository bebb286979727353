"""The order in which a customer chose is kept by every database."""

import pytest

from configurator.models import Configuration
from foundation.models import OrderedJSONField

CHOICES = {"wheel": "big", "a": 1, "frame": "steel", "ab": True}


@pytest.mark.django_db
@pytest.mark.usefixtures("postgres")
def test_postgresql_gives_the_keys_back_in_the_order_they_were_written():
    from django.db import connection

    field = OrderedJSONField()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE kept (value {field.db_type(connection)}, sorted jsonb)")
        value = field.get_db_prep_value(CHOICES, connection)
        cursor.execute("INSERT INTO kept VALUES (%s, %s)", [value, value])
        cursor.execute("SELECT value, sorted::text FROM kept")
        kept, as_jsonb = cursor.fetchone()

    assert list(field.from_db_value(kept, None, connection)) == list(CHOICES)
    assert as_jsonb.index('"a"') < as_jsonb.index('"wheel"'), "the negative control: jsonb does sort"


def test_choices_and_their_history_are_kept_in_order():
    for name in ("choices", "past", "future"):
        assert isinstance(Configuration._meta.get_field(name), OrderedJSONField)
