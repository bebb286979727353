"""Pages of the app."""

app_name = "configurator"

urlpatterns: list = []
