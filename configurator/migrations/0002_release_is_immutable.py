"""The database itself refuses to change a release. Deleting is prevented by what was sold under it."""

from django.db import migrations

REFUSAL = "a release is never changed"

ON_SQLITE = f"""
CREATE TRIGGER configurator_release_immutable BEFORE UPDATE ON configurator_release
BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
"""
FUNCTION_ON_POSTGRESQL = f"""
CREATE FUNCTION configurator_release_immutable() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
TRIGGER_ON_POSTGRESQL = """
CREATE TRIGGER configurator_release_immutable BEFORE UPDATE ON configurator_release
FOR EACH ROW EXECUTE FUNCTION configurator_release_immutable()
"""


def forbid_update(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION_ON_POSTGRESQL)
        schema_editor.execute(TRIGGER_ON_POSTGRESQL)
    else:
        schema_editor.execute(ON_SQLITE)


def permit_update(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER configurator_release_immutable ON configurator_release")
        schema_editor.execute("DROP FUNCTION configurator_release_immutable()")
    else:
        schema_editor.execute("DROP TRIGGER configurator_release_immutable")


class Migration(migrations.Migration):
    dependencies = [("configurator", "0001_initial")]

    operations = [migrations.RunPython(forbid_update, permit_update)]
