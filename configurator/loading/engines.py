"""The engines of this process: started from what was stored at publication, the last used ones kept."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

import structlog

from configurator.engine import Model
from configurator.engine.compiled_model import CompiledModel
from configurator.engine.errors import StoredCircuitDamaged, StoredCircuitOutdated
from configurator.formats import ProductPackage
from configurator.loading.release_engine import ReleaseEngine
from configurator.models import CompiledRelease, Release

logger = structlog.get_logger()

KEPT_ENGINES = 16

Built = TypeVar("Built")


class _Slot(Generic[Built]):
    """One value, and the lock under which it is built."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.value: Built | None = None


class BuildOnce(Generic[Built]):
    """The last used values by key, each built by one thread while others asking for it wait."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = Lock()
        self._slots: OrderedDict[str, _Slot[Built]] = OrderedDict()

    def get(self, key: str, build: Callable[[], Built]) -> Built:
        """The value of `key`, built if need be; a build that fails is tried again by the next caller."""
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            while len(self._slots) > self._limit:
                self._slots.popitem(last=False)
        with slot.lock:
            if slot.value is None:
                slot.value = build()
            return slot.value

    def known(self, key: str) -> Built | None:
        """The value of `key` if it is built already."""
        with self._lock:
            slot = self._slots.get(key)
        return slot.value if slot is not None else None


_engines: BuildOnce[ReleaseEngine] = BuildOnce(KEPT_ENGINES)


def engine_of(release: Release) -> ReleaseEngine:
    """The engine of a release. The package is read only when words or rules are needed, so it may be deferred."""
    return _engines.get(release.content_hash, lambda: _started(release))


def release_engine(release_id: int) -> ReleaseEngine:
    """The engine of a release by its id; one small query when it is there already."""
    return engine_of(Release.objects.only("content_hash").get(pk=release_id))


def draft_engine(package: ProductPackage) -> ReleaseEngine:
    """The engine of a package that need not be published, compiled unless a release holds the same.

    Raises what `compile_model` raises.
    """

    def build() -> ReleaseEngine:
        compiled = _stored(content_hash, package.to_model)
        return ReleaseEngine(lambda: package, compiled) if compiled is not None else ReleaseEngine.of(package)

    content_hash = package.content_hash()
    return _engines.get(content_hash, build)


def _started(release: Release) -> ReleaseEngine:
    """The stored engine of a release, or its package compiled anew when there is none that can be used."""

    def package() -> ProductPackage:
        return ProductPackage.from_stored(Release.objects.values_list("package", flat=True).get(pk=release.pk))

    begun = monotonic()
    compiled = _stored(release.content_hash, lambda: package().to_model())
    if compiled is not None:
        engine = ReleaseEngine(package, compiled)
    else:
        engine = ReleaseEngine.of(package())
        logger.warning(
            "release_compiled_again",
            content_hash=release.content_hash,
            engine=engine.compiled.engine,
            reason=engine.compiled.engine_reason,
            seconds=round(monotonic() - begun, 3),
            advice="run manage.py compile_releases once, so that workers need not",
        )
    return engine


def _stored(content_hash: str, model: Callable[[], Model]) -> CompiledModel | None:
    """The compiled model stored for a content; None when there is none, or it cannot be used, which is logged."""
    row = CompiledRelease.objects.filter(content_hash=content_hash).first()
    if row is None:
        return None
    begun = monotonic()
    try:
        compiled = CompiledModel.from_bytes(bytes(row.stored), model)
    except (StoredCircuitDamaged, StoredCircuitOutdated) as error:
        logger.warning("stored_engine_unusable", content_hash=content_hash, reason=str(error))
        return None
    logger.info(
        "stored_engine_started",
        content_hash=content_hash,
        engine=compiled.engine,
        milliseconds=round(1000 * (monotonic() - begun), 1),
    )
    return compiled
