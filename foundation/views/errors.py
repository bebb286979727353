"""The pages for what went wrong. Machines get JSON with the same sentence."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

API_PREFIX = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, _("The server could not read this request."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, str(exception) or _("Your account may not open this page."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, _("There is no page at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    sentence = _("The server made a mistake. It has been noted.")
    if request.path_info.startswith(API_PREFIX):
        return JsonResponse({"detail": sentence}, status=500)
    # No context and no database: either may be what broke.
    return HttpResponse(render_to_string("500.html"), status=500)


def _answer(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if request.path_info.startswith(API_PREFIX):
        return JsonResponse({"detail": sentence}, status=status)
    try:
        return render(request, f"{status}.html", {"sentence": sentence}, status=status)
    finally:
        # Under ASGI Django renders errors in a thread that is not the request's, so nobody else would give back the
        # connection that the page frame's questions about the user opened there.
        if not connection.in_atomic_block:
            connection.close()
