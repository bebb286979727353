"""Pages of the app."""

app_name = "planning"

urlpatterns: list = []
