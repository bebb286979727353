"""Form fields for what planning's tables keep as lists."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

WEEKDAYS = [(0, "Mon"), (1, "Tue"), (2, "Wed"), (3, "Thu"), (4, "Fri"), (5, "Sat"), (6, "Sun")]


class WordsField(forms.Field):
    """A list of words, written with commas between them."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(entry) for entry in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[Any]:
        return list(dict.fromkeys(word for part in (value or "").split(",") if (word := part.strip())))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial or []) != self.prepare_value(data or ""))


class NumbersField(WordsField):
    """A list of whole numbers, written with commas between them."""

    def to_python(self, value: Any) -> list[int]:
        words = super().to_python(value)
        for word in words:
            if not word.isdecimal():
                raise ValidationError(f"{word!r} is no number; write step numbers with commas, such as 10, 20.")
        return [int(word) for word in words]


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Days of the week as numbers, Monday is 0."""

    widget = UnfoldAdminCheckboxSelectMultipleWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=WEEKDAYS, coerce=int, **options)
