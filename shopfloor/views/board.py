"""The wall board of a line, and the list of lines."""

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from foundation.api import plant_now
from shopfloor.selectors.board import UnknownLine, line_board, lines_index
from shopfloor.views import for_the_floor


@require_safe
@for_the_floor
def home(request: HttpRequest) -> HttpResponse:
    """All lines, and on each what needs a look."""
    return render(request, "shopfloor/home.html", {"lines": lines_index(), "read_at": datetime.now(UTC)})


@require_safe
@for_the_floor
def line(request: HttpRequest, line_code: str) -> HttpResponse:
    """One line's board; the page asks for itself again when news come and takes over the parts that changed."""
    now = plant_now()
    midnight = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        board = line_board(line_code, now=now, day_start=midnight)
    except UnknownLine as error:
        raise Http404(f"There is no line {line_code}.") from error
    return render(request, "shopfloor/board.html", {"board": board, "now": now, "read_at": datetime.now(UTC)})
