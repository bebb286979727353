"""REST API of the app."""

urlpatterns: list = []
