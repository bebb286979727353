"""REST API of the shop floor."""

urlpatterns: list = []
