"""Every route of the house. A route without a role mark is denied by foundation's middleware."""

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from config.api_docs import docs, schema
from foundation.api import allow_anyone

urlpatterns = [
    path("", include("foundation.urls")),
    path("accounts/login/", allow_anyone(auth_views.LoginView.as_view(redirect_authenticated_user=True)), name="login"),
    path("accounts/logout/", allow_anyone(auth_views.LogoutView.as_view()), name="logout"),
    path("language/", allow_anyone(set_language), name="set_language"),
    path("admin/login/", allow_anyone(RedirectView.as_view(pattern_name="login", query_string=True))),
    path("admin/", admin.site.urls),
    path("api/v1/schema/", schema, name="api-schema"),
    path("api/v1/docs/", docs, name="api-docs"),
    path("api/v1/", include("configurator.rest_api.urls")),
    path("api/v1/", include("planning.rest_api.urls")),
    path("api/v1/", include("shopfloor.rest_api.urls")),
    path("planner/", include("planning.urls")),
    path("floor/", include("shopfloor.urls")),
    path("", include("configurator.urls")),
]

handler400 = "foundation.views.errors.bad_request"
handler403 = "foundation.views.errors.forbidden"
handler404 = "foundation.views.errors.not_found"
handler500 = "foundation.views.errors.server_error"
