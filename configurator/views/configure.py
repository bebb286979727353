"""The configuration page: one POST per click, answered with what changed; the same URLs serve without JavaScript."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from configurator.engine import Value
from configurator.errors import NoSuchRepair, StaleRevision, UnknownChoice
from configurator.forms import ChoiceForm, RepairForm, RevisionForm
from configurator.models import Configuration
from configurator.selectors import (
    ConfigurationView,
    FeatureView,
    ParameterView,
    RefusalView,
    configuration_view,
    refusal_view,
)
from configurator.services.configuration import (
    Change,
    ChoiceRefused,
    choice_make,
    choices_clear,
    choices_redo,
    choices_undo,
    repair_apply,
)
from configurator.views.release_change import newer_release
from configurator.views.visitor import own_configuration
from foundation.api import allow_anyone, plant_now

SHORT_NAME = 16
NAMED_IN_TOAST = 2
ASK_FOR_DATES = "dates"


@dataclass(frozen=True, slots=True)
class Question:
    """A feature or parameter as a block of the page."""

    entry: FeatureView | ParameterView
    kind: str
    """swatches, pairs or rows of options; number for a parameter."""
    refusal: RefusalView | None = None

    @property
    def wanted(self) -> str:
        """The value that was refused, as a form posts it."""
        return form_text(self.refusal.value) if self.refusal else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a click came to, for whichever way it is shown."""

    configuration: Configuration
    before: ConfigurationView
    touched: str = ""
    refusal: RefusalView | None = None
    toast: str = ""


@allow_anyone
@never_cache
@require_GET
def configure(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The page as the configuration stands."""
    configuration = own_configuration(request, public_id)
    view = configuration_view(configuration, now=plant_now())
    return render(request, "configurator/configure.html", {**_page(view), **newer_release(request, configuration)})


@allow_anyone
@never_cache
@require_GET
def dates(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What every option would do to the date; asked for after the page, since it takes a plan's worth of quotes."""
    configuration = own_configuration(request, public_id)
    if request.GET.get("revision") != str(configuration.revision):
        return HttpResponse(status=204)  # the page has moved on and will ask again
    view = configuration_view(configuration, now=plant_now(), dates=True)
    response = render(request, "configurator/_dates.html", {"view": view})
    response["X-Revision"] = str(view.revision)
    return response


@allow_anyone
@require_POST
def choose(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The customer picks or withdraws one value; answer with what changed, or with ways to have it."""

    def verb(cleaned: Mapping[str, Any], now: datetime) -> Change | ChoiceRefused:
        return choice_make(
            public_id=public_id,
            revision=cleaned["revision"],
            feature=cleaned["feature"],
            value=None if cleaned["withdraw"] else cleaned["value"],
            now=now,
        )

    return _clicked(request, public_id, ChoiceForm(request.POST), verb)


@allow_anyone
@require_POST
def repair(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The customer takes one of the ways to have an excluded value."""

    def verb(cleaned: Mapping[str, Any], now: datetime) -> Change | ChoiceRefused:
        return repair_apply(
            public_id=public_id,
            revision=cleaned["revision"],
            feature=cleaned["feature"],
            value=cleaned["wanted"],
            number=cleaned["number"],
            now=now,
        )

    return _clicked(request, public_id, RepairForm(request.POST), verb)


@allow_anyone
@require_POST
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the last change back."""
    return _clicked(request, public_id, RevisionForm(request.POST), _by_revision(choices_undo, public_id))


@allow_anyone
@require_POST
def redo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make a change again that was taken back."""
    return _clicked(request, public_id, RevisionForm(request.POST), _by_revision(choices_redo, public_id))


@allow_anyone
@require_POST
def clear(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Go back to the standard."""
    return _clicked(request, public_id, RevisionForm(request.POST), _by_revision(choices_clear, public_id))


Verb = Callable[[Mapping[str, Any], datetime], Change | ChoiceRefused]


def _by_revision(service: Callable[..., Change], public_id: UUID) -> Verb:
    return lambda cleaned, now: service(public_id=public_id, revision=cleaned["revision"], now=now)


def _clicked(request: HttpRequest, public_id: UUID, form: Form, verb: Verb) -> HttpResponse:
    """Do one click on the visitor's own configuration and show what came of it."""
    configuration = own_configuration(request, public_id)
    if not form.is_valid():
        return _refused(" ".join(str(error) for errors in form.errors.values() for error in errors))
    now = plant_now()
    before = configuration_view(configuration, now=now)
    feature = form.cleaned_data.get("feature", "")
    try:
        done = verb(form.cleaned_data, now)
    except StaleRevision as stale:
        return _stale(request, stale.current)
    except NoSuchRepair as gone:
        return _told(request, configuration, str(gone))
    except UnknownChoice as unknown:
        return _refused(str(unknown))
    if isinstance(done, ChoiceRefused):
        outcome = Outcome(configuration, before, feature, refusal=refusal_view(done, now=now))
    elif done.configuration.release_id != before.release_id:
        older = done.configuration.release.number < before.release_number
        sentence = gettext("This is the older version again.") if older else gettext("This is the newer version again.")
        return _told(request, configuration, sentence, level=messages.INFO)
    else:
        outcome = Outcome(done.configuration, before, feature, toast=_toast(done))
    return _answered(request, outcome, now)


def _refused(sentence: str) -> HttpResponse:
    """A sentence about what was sent; as plain text, since it may quote it."""
    return HttpResponseBadRequest(sentence, content_type="text/plain; charset=utf-8")


def _answered(request: HttpRequest, outcome: Outcome, now: datetime) -> HttpResponse:
    view = configuration_view(outcome.configuration, now=now)
    if not request.htmx:  # type: ignore[attr-defined]  # the middleware of django-htmx sets it
        if outcome.refusal is not None:
            return render(request, "configurator/configure.html", _page(view, outcome.refusal))
        if outcome.toast:
            messages.success(request, outcome.toast)
        anchor = f"#q-{outcome.touched}" if outcome.touched else ""
        return redirect(reverse("configurator:configure", args=[view.public_id]) + anchor)
    page = _page(view, outcome.refusal)
    shown = {entry.code: entry for section in outcome.before.sections for entry in _entries(section)}
    page["changed"] = [
        question
        for questions in page["questions"].values()
        for question in questions
        if question.refusal
        or question.entry.code == outcome.touched
        or shown.get(question.entry.code) != question.entry
    ]
    page["toast"] = outcome.toast
    response = render(request, "configurator/_answer.html", page)
    response["HX-Trigger-After-Settle"] = ASK_FOR_DATES
    return response


def _stale(request: HttpRequest, current: Configuration) -> HttpResponse:
    """Say that another tab was faster; nothing is overwritten."""
    context = {"public_id": current.public_id, "revision": current.revision, "seen": request.POST.get("revision")}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "configurator/_stale.html", context)
    view = configuration_view(current, now=plant_now())
    return render(request, "configurator/configure.html", {**_page(view), "stale": context}, status=409)


def _told(
    request: HttpRequest, configuration: Configuration, sentence: str, level: int = messages.WARNING
) -> HttpResponse:
    messages.add_message(request, level, sentence)
    address = reverse("configurator:configure", args=[configuration.public_id])
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _toast(change: Change) -> str:
    """What came along without being asked for; nothing is said when nothing did."""
    if not change.came_along:
        return ""
    words = {choice.feature: choice for choice in _words(change.configuration)}
    named = [words[row.feature] for row in change.came_along if row.feature in words]
    first = ", ".join(f"{choice.feature_name}: {choice.value_name}" for choice in named[:NAMED_IN_TOAST])
    if len(named) > NAMED_IN_TOAST:
        more = len(named) - NAMED_IN_TOAST
        return gettext("%(first)s and %(more)s more came with it.") % {"first": first, "more": more}
    return gettext("%(first)s came with it.") % {"first": first}


def _words(configuration: Configuration) -> tuple[Any, ...]:
    view = configuration_view(configuration, now=plant_now())
    return (*view.chosen, *view.implied, *view.standard)


def _page(view: ConfigurationView, refusal: RefusalView | None = None) -> dict[str, Any]:
    """The template's context."""
    questions = {section.code: [_question(entry, refusal) for entry in _entries(section)] for section in view.sections}
    sections = {
        part: section.code
        for section in view.sections
        for feature in section.features
        for option in feature.options
        for part in option.parts
    }
    return {
        "view": view,
        "questions": questions,
        "asked": [section for section in view.sections if questions[section.code]],
        "part_sections": sections,
        "decided": sum(1 for section in view.sections if section.chosen),
        "refusal": refusal,
        "label": _label(view),
    }


def _entries(section: Any) -> tuple[FeatureView | ParameterView, ...]:
    return (*section.parameters, *section.features)


def _question(entry: FeatureView | ParameterView, refusal: RefusalView | None) -> Question:
    mine = refusal if refusal is not None and refusal.feature == entry.code else None
    if isinstance(entry, ParameterView):
        return Question(entry, "number", mine)
    if any(part.startswith("paint:") for option in entry.options for part in option.parts):
        return Question(entry, "swatches", mine)
    short = all(len(option.name) <= SHORT_NAME and not option.text for option in entry.options)
    return Question(entry, "pairs" if short or len(entry.options) == 2 else "rows", mine)


def form_text(value: Value) -> str:
    """A value as an option's code is written in a form: true and false for a flag."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _label(view: ConfigurationView) -> str:
    """The picture in words: every option that can be seen in it."""
    seen = [
        option.name
        for section in view.sections
        for feature in section.features
        for option in feature.options
        if option.state.holds and option.parts
    ]
    return gettext("%(product)s seen from the right: %(parts)s") % {
        "product": view.product_name,
        "parts": ", ".join(seen),
    }
