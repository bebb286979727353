"""Forms that hold what is written against the product it is written for, and point at the column that is wrong."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html

from configurator.engine import BadRule, Model, ModelError, Table, UnknownValue, Value
from configurator.formats import MeaningError, RuleSyntaxError, parse_expression, position_of, resolve
from configurator.loading.draft import draft_vocabulary
from configurator.models import BillLine, Example, Item, Parameter, Product, Rule
from configurator.models import Table as TableRow

UPLOAD_LIMIT = 20_000_000
"""Bytes of a package, which is read into memory."""


def expression_checked(
    text: str, vocabulary: Model | None, *, parameters: Collection[str] = (), kind: type[Value] | None = None
) -> str:
    """The text, if it is an expression of this product; a ValidationError with a pointer to the column if not."""
    try:
        expression = parse_expression(text)
        if vocabulary is not None:
            resolve(expression, vocabulary, parameters, kind)
    except RuleSyntaxError as error:
        raise ValidationError(pointed(text, error.line, error.column, error.text)) from error
    except MeaningError as error:
        raise ValidationError(pointed(text, *position_of(error), str(error))) from error
    return text


def pointed(text: str, line: int, column: int, reason: str) -> str:
    """The reason, and below it the line that is wrong with a pointer under its column."""
    lines = text.splitlines() or [""]
    written = lines[min(line, len(lines)) - 1]
    where = f"line {line}, column {column}" if len(lines) > 1 else f"column {column}"
    return format_html("{}: {}<pre>{}\n{}^</pre>", where, reason, written, " " * (column - 1))


def json_list(value: Any, what: str) -> list[Any]:
    """The value, if it is a list."""
    if not isinstance(value, list):
        raise ValidationError(f'{what} is a list, such as ["a", "b"].')
    return value


class DraftForm(forms.ModelForm):
    """A row of a draft; its product is the one in the form, or the one whose page it stands on."""

    vocabulary: Model | None = None

    def words(self) -> Model | None:
        """The product's features and parameters; None when it is new, or wrong in itself, which its check says."""
        if self.vocabulary is None:
            product = self.cleaned_data.get("product") or getattr(self.instance, "product", None)
            if isinstance(product, Product) and product.pk:
                self.vocabulary = vocabulary_of(product)
        return self.vocabulary


def vocabulary_of(product: Product) -> Model | None:
    """The features and parameters of a draft; None when they contradict each other, which the draft's check says."""
    try:
        return draft_vocabulary(product)
    except ModelError:
        return None


class RuleForm(DraftForm):
    class Meta:
        model = Rule
        fields = ["product", "position", "code", "expression", "text"]

    field_order = ["product", "position", "code", "expression", "text"]

    def clean_expression(self) -> str:
        return expression_checked(self.cleaned_data["expression"], self.words(), kind=bool)


class TableForm(DraftForm):
    class Meta:
        model = TableRow
        fields = ["product", "position", "code", "text", "columns", "rows", "allowed"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        vocabulary = self.words()
        if vocabulary is None or "columns" not in data or "rows" not in data:
            return data
        columns = json_list(data["columns"], "columns")
        rows = [json_list(row, "each row") for row in json_list(data["rows"], "rows")]
        table = Table(data.get("code", ""), tuple(columns), tuple(map(tuple, rows)))
        try:
            Model(vocabulary.name, vocabulary.variables, (), (table,))
        except (ModelError, BadRule) as error:
            raise ValidationError(f"{error}.") from error
        return data


class ExampleForm(DraftForm):
    class Meta:
        model = Example
        fields = ["product", "position", "code", "text", "choices", "sold"]

    def clean_choices(self) -> dict[str, Value]:
        choices = self.cleaned_data["choices"]
        if not isinstance(choices, dict) or not choices:
            raise ValidationError('Write {"feature": "value"}, at least one.')
        return choices

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        vocabulary = self.words()
        if vocabulary is not None:
            for name, value in data.get("choices", {}).items():
                self._check(vocabulary, name, value)
        return data

    def _check(self, vocabulary: Model, name: str, value: Value) -> None:
        try:
            domain = vocabulary.domain(name)
        except ModelError as error:
            self.add_error("choices", f"{error}.")
            return
        if not any(type(value) is type(other) and value == other for other in domain):
            self.add_error("choices", f"{UnknownValue(name, value)}.")


class ParameterForm(DraftForm):
    class Meta:
        model = Parameter
        fields = [
            "product",
            "section",
            "position",
            "code",
            "name",
            "text",
            "unit",
            "minimum",
            "maximum",
            "step",
            "default",
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        minimum, maximum, step, default = (data.get(name) for name in ("minimum", "maximum", "step", "default"))
        if minimum is None or maximum is None or not step:
            return data
        if maximum < minimum:
            raise ValidationError(f"maximum {maximum} is below minimum {minimum}.")
        if (maximum - minimum) % step:
            raise ValidationError(f"step {step} does not divide the range {minimum} to {maximum}.")
        if default is not None and (not minimum <= default <= maximum or (default - minimum) % step):
            raise ValidationError(f"default {default} is not one of the values.")
        return data


class BillLineForm(DraftForm):
    class Meta:
        model = BillLine
        fields = ["product", "position", "parent", "item", "quantity", "one_of", "condition", "parameters", "scrap"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        parent, item, vocabulary = data.get("parent"), data.get("item"), self.words()
        if not isinstance(parent, Item) or not isinstance(item, Item):
            return data
        if not parent.made:
            self.add_error("parent", f"{parent.code} is bought: only a made item has bill lines.")
        self._check("quantity", data.get("quantity", ""), vocabulary, parent, int)
        if data.get("condition"):
            self._check("condition", data["condition"], vocabulary, parent, bool)
        self._check_parameters(data.get("parameters"), item, parent, vocabulary)
        return data

    def _check(self, field: str, text: str, vocabulary: Model | None, parent: Item, kind: type[Value] | None) -> None:
        try:
            expression_checked(text, vocabulary, parameters=parent.parameters, kind=kind)
        except ValidationError as error:
            self.add_error(field, error)

    def _check_parameters(self, passed: Any, item: Item, parent: Item, vocabulary: Model | None) -> None:
        if not isinstance(passed, dict) or not all(isinstance(formula, str) for formula in passed.values()):
            self.add_error("parameters", 'Write {"parameter": "formula"}, all in quotes.')
            return
        for name in item.parameters:
            if name not in passed:
                self.add_error("parameters", f"{item.code} needs the parameter {name}.")
        for name, formula in passed.items():
            if name not in item.parameters:
                self.add_error("parameters", f"{item.code} has no parameter {name}.")
            else:
                self._check("parameters", formula, vocabulary, parent, None)


class PackageUpload(forms.Form):
    """A package to replace a draft with."""

    package = forms.FileField(
        help_text="a product package, complete in itself: .yaml, or an Excel workbook (.xlsx) such as the export gives",
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.xlsx"}),
    )

    def clean_package(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["package"]
        if upload.size is None or upload.size > UPLOAD_LIMIT:
            raise ValidationError(f"The file is larger than {UPLOAD_LIMIT:,} bytes.")
        return upload
