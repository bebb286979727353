"""manage.py import_product PATH..."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from configurator.errors import ConfiguratorError
from configurator.formats import FormatError
from configurator.services.package import package_read, packages_import
from foundation.api import plant_now


class Command(BaseCommand):
    help = "Replace the drafts of products with packages (.yaml, .xlsx) or boolean models (.uvl): all of them or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        try:
            packages = [package_read(path) for path in paths]
            products = packages_import(packages=packages, actor=None, now=plant_now())
        except (FormatError, ConfiguratorError) as error:
            raise CommandError(f"Nothing was imported. {error}") from error
        for product in products:
            self.stdout.write(f"{product.code}: imported")
