from django.urls import path

from foundation.views.clock import clock
from foundation.views.health import livez, metrics, readyz
from foundation.views.home import home
from foundation.views.live import live

app_name = "foundation"

urlpatterns = [
    path("home/", home, name="home"),
    path("clock/", clock, name="clock"),
    path("live/<str:topic>/", live, name="live"),
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
