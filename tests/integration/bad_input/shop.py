"""What a guest does in the shop, and what stands in the database afterwards."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.apps import apps
from django.http import HttpResponse
from django.test import Client

from configurator.models import Configuration

ADDRESS = {
    "name": "Ada",
    "email": "ada@example.org",
    "street": "1 Mill Lane",
    "postcode": "12345",
    "town": "Berlin",
    "country": "Germany",
}


@dataclass
class Visit:
    """One browser in the shop, in front of one configuration."""

    client: Client
    configuration: Configuration | None = None

    def begin(self, product: str = "bike") -> "Visit":
        """Open a configuration of the product."""
        answer = self.client.post(f"/p/{product}/")
        assert answer.status_code == 302, answer.content
        self.configuration = Configuration.objects.get(public_id=answer["Location"].split("/")[-2])
        return self

    def post(self, part: str, **fields: object) -> HttpResponse:
        """Post to one of the configuration's own addresses, such as `choose`."""
        assert self.configuration is not None
        return self.client.post(f"/c/{self.configuration.public_id}/{part}/", fields)

    def choose(self, feature: str, value: str, revision: object = 0) -> HttpResponse:
        """Click one option."""
        return self.post("choose", feature=feature, value=value, revision=revision)

    def fill_cart(self, quantity: object = 1) -> HttpResponse:
        """Put the configuration into the cart."""
        return self.post("cart", quantity=quantity)

    def check_out(self, key: str, **changes: str) -> HttpResponse:
        """Send the address form."""
        return self.client.post("/checkout/", {**ADDRESS, "key": key, **changes}, follow=True)


def said(answer: HttpResponse) -> str:
    """The words of an answer, without markup, one space between them."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


def contents(*app_labels: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the apps, to be compared before and after."""
    return {
        model._meta.label: sorted(model._base_manager.values_list(), key=repr)
        for label in app_labels
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    }
