"""The engine of a release is decided and stored when it is published; a worker starts from it."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from structlog.testing import capture_logs

from configurator.engine.circuit import storage
from configurator.loading import ReleaseEngine, engine_of, engines
from configurator.models import CompiledRelease, Release
from configurator.services.publish import release_publish
from foundation.api import Role
from tests.integration.configurator.conftest import NOW


@pytest.fixture
def fresh_worker(release, monkeypatch) -> Release:
    """The release as a worker sees it that has just started."""
    monkeypatch.setattr(engines, "_engines", engines.BuildOnce(16))
    return Release.objects.defer("package").get(pk=release.pk)


@pytest.fixture
def no_compiler(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("this was not to be compiled or parsed")

    monkeypatch.setattr(ReleaseEngine, "of", refuse)
    monkeypatch.setattr("configurator.formats.product_package.parse_expression", refuse)


def test_publishing_stores_the_engine_and_says_why(bike):
    with capture_logs() as logs:
        release = release_publish(product=bike, actor=None, now=NOW)

    row = CompiledRelease.objects.get(content_hash=release.content_hash)
    assert row.engine == "circuit"
    assert row.reason
    assert row.nodes > 0
    assert row.edges > 0
    assert row.size == len(bytes(row.stored))
    assert row.format_version == storage.VERSION
    assert row.created_at == NOW
    (line,) = [entry for entry in logs if entry["event"] == "release_published"]
    assert (line["product"], line["engine"], line["edges"]) == ("bike", "circuit", row.edges)


def test_publishing_once_more_keeps_what_is_stored(release, bike):
    before = CompiledRelease.objects.get()

    release_publish(product=bike, actor=None, now=NOW)

    assert CompiledRelease.objects.get().pk == before.pk


def test_a_worker_answers_from_what_is_stored_without_reading_a_rule(fresh_worker, no_compiler):
    engine = engine_of(fresh_worker)

    assert engine.valid_domains({"motor": "big"})["battery"] == {"f630", "rack500"}
    assert engine.standing({}).selection["battery"] == "f400"


def test_a_conflict_names_the_rules_which_are_read_then(fresh_worker):
    conflict = engine_of(fresh_worker).conflict_for({"motor": "big"}, "battery", "f400")

    assert {getattr(part, "code", "") for part in conflict} == {"", "R1"}


def test_without_a_stored_engine_the_release_is_compiled_and_that_is_logged(fresh_worker):
    CompiledRelease.objects.all().delete()

    with capture_logs() as logs:
        engine = engine_of(fresh_worker)

    assert engine.valid_domains({"motor": "big"})["battery"] == {"f630", "rack500"}
    assert [entry["event"] for entry in logs] == ["release_compiled_again"]


@pytest.mark.parametrize("stored", [b"", b"not an engine at all", b"LWCM" + bytes(60)])
def test_a_damaged_engine_is_compiled_again_and_that_is_logged(fresh_worker, stored):
    CompiledRelease.objects.update(stored=stored)

    with capture_logs() as logs:
        engine = engine_of(fresh_worker)

    assert engine.valid_domains({"motor": "big"})["battery"] == {"f630", "rack500"}
    assert [entry["event"] for entry in logs] == ["stored_engine_unusable", "release_compiled_again"]


def test_an_engine_of_an_older_format_is_compiled_again_and_stored_by_the_command(fresh_worker, monkeypatch, capsys):
    monkeypatch.setattr(storage, "VERSION", storage.VERSION + 1)
    monkeypatch.setattr("configurator.services.stored_engine.VERSION", storage.VERSION)

    call_command("compile_releases")

    assert CompiledRelease.objects.get().format_version == storage.VERSION
    assert "circuit" in capsys.readouterr().out
    monkeypatch.setattr(engines, "_engines", engines.BuildOnce(16))
    with capture_logs() as logs:
        engine_of(fresh_worker)
    assert [entry["event"] for entry in logs] == ["stored_engine_started"]


def test_the_admin_says_which_engine_serves_a_release(client, release, person):
    client.force_login(person("mona", Role.PRODUCT_MANAGER))

    page = client.get(reverse("admin:configurator_release_change", args=[release.pk])).content.decode()
    listed = client.get(reverse("admin:configurator_release_changelist")).content.decode()

    assert "compiled circuit" in page
    assert "nodes" in page
    assert "circuit" in listed
    CompiledRelease.objects.all().delete()
    page = client.get(reverse("admin:configurator_release_change", args=[release.pk])).content.decode()
    assert "compile_releases" in page
