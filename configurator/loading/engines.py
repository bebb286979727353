"""The compiled releases of this process: each compiled once, the last used ones kept."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from configurator.formats import ProductPackage
from configurator.loading.release_engine import ReleaseEngine
from configurator.models import Release

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
    """The engine of a release. The package is read only when it has to be compiled, so it may be deferred."""
    return _engines.get(release.content_hash, lambda: ReleaseEngine(ProductPackage.from_document(release.package)))


def release_engine(release_id: int) -> ReleaseEngine:
    """The engine of a release by its id; one small query when it is compiled already."""
    return engine_of(Release.objects.only("content_hash").get(pk=release_id))


def engine_keep(content_hash: str, engine: ReleaseEngine) -> None:
    """Keep an engine that was compiled to check a draft, for the release it becomes."""
    _engines.get(content_hash, lambda: engine)
