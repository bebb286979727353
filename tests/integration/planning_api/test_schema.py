"""The description of the API is complete: nothing in it was guessed."""

import yaml
from django.core.management import call_command
from drf_spectacular.validation import validate_schema


def test_the_schema_is_valid_and_without_warnings(tmp_path):
    file = tmp_path / "schema.yml"

    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(file))

    schema = yaml.safe_load(file.read_text())
    validate_schema(schema)
    publish = schema["paths"]["/api/v1/plans/{number}/publish/"]["post"]
    assert {"200", "409", "412", "428"} <= set(publish["responses"])
    assert {"name": "If-Match", "in": "header", "required": True}.items() <= publish["parameters"][0].items()
