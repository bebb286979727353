from django.urls import path

from foundation.views.health import livez, metrics, readyz
from foundation.views.home import home
from foundation.views.live import live

app_name = "foundation"

urlpatterns = [
    path("home/", home, name="home"),
    path("live/<str:topic>/", live, name="live"),
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
