"""Keeping the engine of a release in the database, so that no worker has to compile it."""

from datetime import datetime

from django.db import transaction

from configurator.engine.circuit.storage import VERSION
from configurator.loading import ReleaseEngine, engine_of
from configurator.models import CompiledRelease, Release


def engine_store(*, content_hash: str, engine: ReleaseEngine, now: datetime) -> CompiledRelease:
    """The row that holds the engine of this content: written if there is none of the present format, else as it is."""
    found = CompiledRelease.objects.filter(content_hash=content_hash, format_version=VERSION).first()
    return found if found is not None else _write(content_hash, engine, now)


def engines_store(*, now: datetime) -> tuple[CompiledRelease, ...]:
    """Compile every release whose stored engine is missing or of another format; those that were compiled.

    One after the other, each in a transaction of its own, so that the work done is kept when it is interrupted.
    """
    kept = CompiledRelease.objects.filter(format_version=VERSION).values("content_hash")
    written: dict[str, CompiledRelease] = {}
    for release in Release.objects.exclude(content_hash__in=kept).defer("package").order_by("pk"):
        if release.content_hash not in written:
            written[release.content_hash] = _write(release.content_hash, engine_of(release), now)
    return tuple(written.values())


def _write(content_hash: str, engine: ReleaseEngine, now: datetime) -> CompiledRelease:
    compiled = engine.compiled
    stored = compiled.to_bytes()
    circuit = compiled.size
    with transaction.atomic():
        row, _ = CompiledRelease.objects.update_or_create(
            content_hash=content_hash,
            defaults={
                "engine": compiled.engine,
                "reason": compiled.engine_reason,
                "seconds": engine.seconds,
                "nodes": circuit.nodes if circuit is not None else 0,
                "edges": circuit.edges if circuit is not None else 0,
                "size": len(stored),
                "format_version": VERSION,
                "stored": stored,
                "created_at": now,
            },
        )
    return row
