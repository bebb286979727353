"""Pages of the shop floor. A line's board comes last: its code may be anything that is no page."""

from django.urls import path

from shopfloor.views import board, controllers, transfers

app_name = "shopfloor"

urlpatterns = [
    path("", board.home, name="home"),
    path("controllers/", controllers.controllers, name="controllers"),
    path("profiles/<int:profile_id>/", controllers.profile, name="profile"),
    path("transfers/", transfers.transfers, name="transfers"),
    path("transfers/<int:transfer_id>/", transfers.trace, name="transfer"),
    path("transfers/<int:transfer_id>/resolve/", transfers.resolve, name="transfer-resolve"),
    path("transfers/<int:transfer_id>/read/", transfers.read_again, name="transfer-read"),
    path("transfers/<int:transfer_id>/rebuild/", transfers.rebuild, name="transfer-rebuild"),
    path("<str:line_code>/", board.line, name="board"),
]
