"""Pages of the app."""

app_name = "shopfloor"

urlpatterns: list = []
