"""REST API of the configurator."""

from django.urls import path

from configurator.rest_api.catalogue import Configure, CurrentRelease, ProductList
from configurator.rest_api.orders import OrderDetail, OrderLineBill, OrderList
from configurator.rest_api.packages import DraftCheck, PackageExport, PackageImport, Publish
from configurator.rest_api.release_change import Difference, Migrate
from configurator.rest_api.releases import Approve, Reject, ReleaseFindings, ReleaseList

urlpatterns = [
    path("products/", ProductList.as_view()),
    path("products/<str:code>/", CurrentRelease.as_view()),
    path("products/<str:code>/difference/", Difference.as_view()),
    path("products/<str:code>/migrate/", Migrate.as_view()),
    path("configure/<str:code>/", Configure.as_view()),
    path("orders/", OrderList.as_view()),
    path("orders/<uuid:public_id>/", OrderDetail.as_view()),
    path("orders/<uuid:public_id>/lines/<int:position>/bill/", OrderLineBill.as_view()),
    path("packages/", PackageImport.as_view()),
    path("packages/<str:code>/", PackageExport.as_view()),
    path("packages/<str:code>/check/", DraftCheck.as_view()),
    path("packages/<str:code>/publish/", Publish.as_view()),
    path("packages/<str:code>/releases/", ReleaseList.as_view()),
    path("packages/<str:code>/releases/<int:number>/findings/", ReleaseFindings.as_view()),
    path("packages/<str:code>/releases/<int:number>/approve/", Approve.as_view()),
    path("packages/<str:code>/releases/<int:number>/reject/", Reject.as_view()),
]
