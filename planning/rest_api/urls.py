"""REST API of planning, under /api/v1/."""

from django.urls import path

from planning.rest_api.orders import LateOrderList, ProductionOrderDetail, ProductionOrderList, ProductionOrderRetry
from planning.rest_api.plans import LivePlanDetail, PlanAssignments, PlanDetail, PlanList, PlanPublish
from planning.rest_api.plant import StationList, StockDetail, StockList
from planning.rest_api.solve_runs import SolveRunCancel, SolveRunDetail, SolveRunFinish, SolveRunList

urlpatterns = [
    path("plans/", PlanList.as_view()),
    path("plans/live/", LivePlanDetail.as_view()),
    path("plans/<int:number>/", PlanDetail.as_view()),
    path("plans/<int:number>/assignments/", PlanAssignments.as_view()),
    path("plans/<int:number>/publish/", PlanPublish.as_view()),
    path("solve-runs/", SolveRunList.as_view()),
    path("solve-runs/<uuid:public_id>/", SolveRunDetail.as_view()),
    path("solve-runs/<uuid:public_id>/cancel/", SolveRunCancel.as_view()),
    path("solve-runs/<uuid:public_id>/finish/", SolveRunFinish.as_view()),
    path("production-orders/", ProductionOrderList.as_view()),
    path("production-orders/<str:number>/", ProductionOrderDetail.as_view()),
    path("production-orders/<str:number>/retry/", ProductionOrderRetry.as_view()),
    path("late-orders/", LateOrderList.as_view()),
    path("stations/", StationList.as_view()),
    path("stock/", StockList.as_view()),
    path("stock/<str:item_code>/", StockDetail.as_view()),
]
