"""Pages of the shop floor."""

app_name = "shopfloor"

urlpatterns: list = []
