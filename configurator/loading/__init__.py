"""Rows to engine values and back: the only translator."""

from configurator.loading.draft import draft_package, draft_replace
from configurator.loading.engines import engine_of, release_engine
from configurator.loading.release_engine import ReleaseEngine

__all__ = ["ReleaseEngine", "draft_package", "draft_replace", "engine_of", "release_engine"]
