"""Ruff refuses what the house style bans."""

import pytest

BANNED = [
    ("planning/services/planted.py", "from django.db.models.signals import post_save\n"),
    ("planning/services/planted.py", "from django.dispatch import receiver\n"),
    ("planning/services/planted.py", "from django.apps import apps\n\nmodel = apps.get_model('planning', 'Plan')\n"),
    ("planning/services/planted.py", "from django.utils import timezone\n\nnow = timezone.now()\n"),
    ("planning/engine/planted.py", "from django.utils.timezone import now\n"),
    ("planning/engine/planted.py", "from datetime import datetime\n\nnow = datetime.now()\n"),
    ("foundation/services/planted.py", "from ..models import User\n"),
    ("foundation/services/planted.py", "print('hello')\n"),
    ("foundation/services/planted.py", "try:\n    x = 1\nexcept Exception:\n    pass\n"),
]
RULES = "TID,DTZ,T20,BLE,S110"


@pytest.mark.parametrize(("where", "planted"), BANNED)
def test_a_banned_construct_is_refused(source_copy, tool, where, planted):
    target = source_copy / where
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(planted)

    answer = tool(source_copy, "ruff", "check", "--no-cache", "--select", RULES, where)

    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "planted.py" in answer.stdout


def test_what_is_not_banned_passes(source_copy, tool):
    # the negative control: it is the banned line that ruff refuses
    target = source_copy / "planning/services/planted.py"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text('"""Nothing wrong here."""\n')

    assert tool(source_copy, "ruff", "check", "--no-cache", "--select", RULES, str(target)).returncode == 0
