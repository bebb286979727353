"""Transfers: the list, the trace of one, and the decision when nobody knows."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from foundation.api import Role, actor_of, allow, plant_now
from shopfloor.models import Transfer, TransferState
from shopfloor.selectors.transfers import transfer_counts, transfer_rows, transfer_trace, transfers_query
from shopfloor.services.recipes import NotRefused, recipe_rebuild
from shopfloor.services.resolution import NotInDoubt, Verdict, transfer_read_again, transfer_resolve
from shopfloor.views import for_the_floor

ROWS_PER_PAGE = 50
DECIDERS = (Role.OPERATOR, Role.INTEGRATOR)
may_decide = allow(*DECIDERS)


@require_safe
@for_the_floor
def transfers(request: HttpRequest) -> HttpResponse:
    """All transfers, the newest change first, by state and search word."""
    state, search = request.GET.get("state", ""), request.GET.get("q", "").strip()
    page = Paginator(transfers_query(state=state, search=search), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    counts = transfer_counts()
    context = {
        "page": page,
        "rows": transfer_rows(list(page.object_list)),
        "states": [(value, label, counts.get(value, 0)) for value, label in TransferState.choices],
        "total": sum(counts.values()),
        "state": state,
        "search": search,
    }
    return render(request, "shopfloor/transfers.html", context)


@require_safe
@for_the_floor
def trace(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """One transfer from the customer's order to the registers and back."""
    try:
        found = transfer_trace(transfer_id)
    except Transfer.DoesNotExist as error:
        raise Http404(f"There is no transfer {transfer_id}.") from error
    decides = any(actor_of(request).has_role(role) for role in DECIDERS)
    return render(request, "shopfloor/transfer.html", {"trace": found, "decides": decides})


@require_POST
@may_decide
def resolve(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """A person says whether the recipe ran."""
    try:
        verdict = Verdict(request.POST.get("verdict", ""))
    except ValueError:
        return HttpResponseBadRequest("The answer is either not_run or has_run.")
    try:
        transfer_resolve(transfer_id=transfer_id, verdict=verdict, actor=actor_of(request), now=plant_now())
    except Transfer.DoesNotExist as error:
        raise Http404(f"There is no transfer {transfer_id}.") from error
    except NotInDoubt as error:
        messages.warning(request, f"Nothing was decided: the transfer is {error.state} by now.")
    else:
        said = {
            Verdict.NOT_RUN: "It will be sent once more under a new number. The old number can never start.",
            Verdict.HAS_RUN: "The operation counts as done.",
        }
        messages.success(request, said[verdict])
    return redirect("shopfloor:transfer", transfer_id)


@require_POST
@may_decide
def read_again(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Let the gateway read the controller of a doubtful transfer at once."""
    if transfer_read_again(transfer_id=transfer_id):
        messages.success(request, "The gateway reads the controller at its next turn.")
    else:
        messages.warning(request, "The transfer is no longer in doubt.")
    return redirect("shopfloor:transfer", transfer_id)


@require_POST
@may_decide
def rebuild(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Build a refused recipe again, after its cause was mended."""
    try:
        fresh = recipe_rebuild(transfer_id=transfer_id, actor=actor_of(request), now=plant_now())
    except Transfer.DoesNotExist as error:
        raise Http404(f"There is no transfer {transfer_id}.") from error
    except NotRefused as error:
        messages.warning(request, str(error))
        return redirect("shopfloor:transfer", transfer_id)
    if fresh.state == TransferState.REFUSED:
        messages.warning(request, f"Refused again: {fresh.reason}")
    return redirect("shopfloor:transfer", fresh.pk)
