"""Static files of production: hashed names and compressed copies."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


def _without_source_maps(patterns: tuple[Any, ...]) -> tuple[Any, ...]:
    kept = []
    for glob, rules in patterns:
        kept.append((glob, tuple(r for r in rules if "sourceMappingURL" not in (r if isinstance(r, str) else r[0]))))
    return tuple(kept)


class HashedStaticStorage(CompressedManifestStaticFilesStorage):
    """Hashes and compresses, but leaves source map comments alone: vendored packages name maps we do not serve."""

    patterns = _without_source_maps(CompressedManifestStaticFilesStorage.patterns)
