"""`manage.py warm_kernels`: make the engine's machine code, so that nobody who asks it has to wait for that."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand

from configurator import engine


def modules() -> Iterator[ModuleType]:
    """All modules of the engine."""
    for found in walk_packages(engine.__path__, f"{engine.__name__}."):
        yield import_module(found.name)


class Command(BaseCommand):
    """Call `warm()` of every module of the engine that has one: it uses each of its kernels once, on a small example.

    numba keeps the machine code beside the source, in `__pycache__`.
    """

    help = "Compile the engine's kernels to machine code, which is kept beside them."

    def handle(self, *args: Any, **options: Any) -> None:
        for module in modules():
            warm = getattr(module, "warm", None)
            if warm is not None and warm.__module__ == module.__name__:
                warm()
                self.stdout.write(module.__name__)
