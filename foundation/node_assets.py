"""Third-party front-end files, served straight out of node_modules and never committed."""

import os
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Warning
from django.core.files.storage import FileSystemStorage

# static name -> path inside node_modules: exactly the files a page uses
ASSETS = {
    "vendor/vis-timeline.js": "vis-timeline/standalone/umd/vis-timeline-graph2d.min.js",
    "vendor/vis-timeline.css": "vis-timeline/styles/vis-timeline-graph2d.min.css",
}


class NodeAssetsStorage(FileSystemStorage):
    """Reads a static name from its place in node_modules."""

    prefix = ""

    def path(self, name: str) -> str:
        return os.path.join(self.location, ASSETS[name.replace(os.sep, "/")])


class NodeAssetsFinder(BaseFinder):
    """Finds the files of `ASSETS` and nothing else of node_modules."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.root = os.fspath(settings.NODE_MODULES)
        self.storage = NodeAssetsStorage(location=self.root)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        missing = [path for path in ASSETS.values() if not os.path.isfile(os.path.join(self.root, path))]
        if not missing:
            return []
        text = f"{len(missing)} front-end files are not there, the first is {missing[0]}."
        return [Warning(text, hint="Run ./setup.", id="foundation.W001")]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        full = os.path.join(self.root, ASSETS[path]) if path in ASSETS else ""
        found = [full] if full and os.path.isfile(full) else []
        return found if find_all else (found[0] if found else [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name, path in ASSETS.items():
            if os.path.isfile(os.path.join(self.root, path)):
                yield name, self.storage
