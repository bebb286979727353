"""manage.py publish_product CODE..."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from configurator.errors import PublishRefused
from configurator.models import Product
from configurator.ports import Finding
from configurator.services.publish import release_publish
from foundation.api import plant_now


class Command(BaseCommand):
    help = "Check the draft of each product and publish it as the release that is sold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("codes", nargs="+", metavar="CODE")

    def handle(self, *args: Any, codes: list[str], **options: Any) -> None:
        for code in codes:
            product = Product.objects.filter(code=code).first()
            if product is None:
                raise CommandError(f"There is no product {code}.")
            try:
                release = release_publish(product=product, actor=None, now=plant_now())
            except PublishRefused as refused:
                lines = "\n".join(_line(finding) for finding in refused.findings)
                raise CommandError(f"{code} was not published.\n{lines}") from refused
            self.stdout.write(f"{code}: release {release.number} is sold")


def _line(finding: Finding) -> str:
    return f"  {finding.severity}: {finding.where}: {finding.text}"
