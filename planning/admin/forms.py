"""Forms that hold what is written against the plant, and point at the column that is wrong."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminExpandableTextareaWidget

from planning.admin.fields import NumbersField, WeekdaysField, WordsField
from planning.engine import MadeItem, PlanningError, RoutingStep, routed_steps
from planning.loading import RuleSyntaxError, parsed
from planning.models import CalendarException, ChangeoverTable, Plant, RoutingOperation, Shift, Station

MINUTES_LIMIT = 7 * 24 * 60
MINUTES_HINT = 'Write a list of rows such as {"from": "clay", "to": "night", "minutes": 4}.'


def formula_checked(text: str) -> str:
    """The text, if it is a formula; a ValidationError with a pointer to the column if not."""
    try:
        parsed(text)
    except RuleSyntaxError as error:
        column, line = error.column, error.excerpt or text.splitlines()[0]
        raise ValidationError(
            format_html("column {}: {}<pre>{}\n{}^</pre>", column, error.text, line, " " * (column - 1))
        ) from error
    return text


class PlantForm(forms.ModelForm):
    class Meta:
        model = Plant
        fields = ["code", "name", "time_zone"]

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValidationError(f"{name!r} is no time zone; write an IANA name such as Europe/Berlin.") from error
        return name


class ShiftForm(forms.ModelForm):
    weekdays = WeekdaysField()

    class Meta:
        model = Shift
        fields = ["weekdays", "start", "end"]


class CalendarExceptionForm(forms.ModelForm):
    class Meta:
        model = CalendarException
        fields = ["day", "start", "end", "note"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and (data.get("start") is None) != (data.get("end") is None):
            raise ValidationError("Give both times for an extra shift, or none for a closed day.")
        return data


class StationForm(forms.ModelForm):
    capabilities = WordsField(help_text="what operations may ask for: words with commas between them")

    class Meta:
        model = Station
        fields = ["line", "calendar", "code", "name", "capabilities", "position", "retired"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        line, calendar = data.get("line"), data.get("calendar")
        if line is not None and calendar is not None and line.plant_id != calendar.plant_id:
            self.add_error("calendar", f"{calendar} is a calendar of another plant.")
        return data


class ChangeoverTableForm(forms.ModelForm):
    minutes = forms.JSONField(
        required=False, initial=list, widget=UnfoldAdminExpandableTextareaWidget, help_text=MINUTES_HINT
    )

    class Meta:
        model = ChangeoverTable
        fields = ["plant", "code", "attribute", "stations", "default_minutes", "minutes"]

    def clean_minutes(self) -> list[dict[str, Any]]:
        rows = self.cleaned_data["minutes"]
        if rows is None:
            return []
        if not isinstance(rows, list):
            raise ValidationError(MINUTES_HINT)
        seen: set[tuple[str, str]] = set()
        for number, row in enumerate(rows, 1):
            reason = _changeover_fault(row, seen)
            if reason:
                raise ValidationError(f"row {number}: {reason}")
        return rows

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for station in data.get("stations") or ():
            other = station.changeover_tables.exclude(pk=self.instance.pk).first()
            if other is not None:
                self.add_error("stations", f"{station} has the changeover table {other} already.")
            elif data.get("plant") is not None and station.line.plant_id != data["plant"].pk:
                self.add_error("stations", f"{station} is a station of another plant.")
        return data


def _changeover_fault(row: Any, seen: set[tuple[str, str]]) -> str:
    """What is wrong with a row of a changeover table; empty when nothing is. Notes the pair as seen."""
    if not isinstance(row, dict) or set(row) != {"from", "to", "minutes"}:
        return MINUTES_HINT
    pair, minutes = (row["from"], row["to"]), row["minutes"]
    if not all(isinstance(word, str) and word for word in pair):
        return "from and to are words in quotes."
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not 0 <= minutes <= MINUTES_LIMIT:
        return f"minutes is a whole number from 0 to {MINUTES_LIMIT:,}."
    if pair in seen:
        return f"from {pair[0]} to {pair[1]} is given twice."
    seen.add(pair)
    return ""


class RoutingOperationForm(forms.ModelForm):
    after = NumbersField(required=False, help_text="numbers of the steps of this item that come before")

    class Meta:
        model = RoutingOperation
        fields = ["number", "name", "capability", "seconds", "family", "recipe", "after", "pausable"]

    def clean_seconds(self) -> str:
        return formula_checked(self.cleaned_data["seconds"])

    def clean_family(self) -> str:
        text: str = self.cleaned_data["family"]
        return formula_checked(text) if text else text


class RoutingOperationFormSet(forms.BaseInlineFormSet):
    """The steps of one routing: each named once, and in an order in which they can run."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        rows = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data.get("number") is not None and not form.cleaned_data.get("DELETE")
        ]
        steps = tuple(RoutingStep(row["number"], tuple(row["after"])) for row in rows)
        try:
            routed_steps(MadeItem(str(self.instance), steps))
        except PlanningError as error:
            raise ValidationError(str(error)) from error


class PackageUpload(forms.Form):
    """A package to make the plant from."""

    package = forms.FileField(help_text="a plant package (.yaml), complete in itself")
