"""What the shop's pages post, checked for its shape; whether it can be done, the services say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from configurator.models.cart import QUANTITY_LIMIT
from configurator.services.order import Contact


class RevisionForm(forms.Form):
    """The state of the configuration that the page showed."""

    revision = forms.IntegerField(min_value=0)


class ChoiceForm(RevisionForm):
    """One answer to one question; withdrawn when asked to."""

    feature = forms.CharField(max_length=120)
    value = forms.CharField(max_length=120, required=False)
    withdraw = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("withdraw") and not cleaned.get("value"):
            raise forms.ValidationError(_("Choose a value first."))
        return cleaned


class RepairForm(RevisionForm):
    """One of the ways offered to have an excluded value."""

    feature = forms.CharField(max_length=120)
    wanted = forms.CharField(max_length=120)
    number = forms.IntegerField(min_value=0, max_value=9)


class ReleaseForm(RevisionForm):
    """The release whose changes were shown."""

    release = forms.IntegerField(min_value=1)


class QuantityForm(forms.Form):
    """How many of a line."""

    quantity = forms.IntegerField(
        min_value=1,
        max_value=QUANTITY_LIMIT,
        widget=forms.NumberInput(attrs={"class": "input num", "inputmode": "numeric"}),
    )


class ContactForm(forms.Form):
    """Whom an order is for, and the key that keeps it from being placed twice."""

    key = forms.CharField(max_length=100, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("For the confirmation and the day it is ready."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    street = forms.CharField(
        label=_("Street and number"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "address-line1"})
    )
    postcode = forms.CharField(
        label=_("Postcode"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "postal-code"})
    )
    town = forms.CharField(
        label=_("Town"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    country = forms.CharField(
        label=_("Country"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "country-name"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name != "key":
                field.widget.attrs["class"] = "input"
            if self.is_bound and name in self.errors:
                field.widget.attrs["aria-invalid"] = "true"

    def contact(self) -> Contact:
        """The cleaned contact, its address as one text."""
        cleaned = self.cleaned_data
        address = f"{cleaned['street']}\n{cleaned['postcode']} {cleaned['town']}\n{cleaned['country']}"
        return Contact(name=cleaned["name"], email=cleaned["email"], address=address)
