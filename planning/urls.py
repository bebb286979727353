"""Pages of the planner's console."""

from django.urls import path

from planning.views import home, orders, plan, plans, solve

app_name = "planning"

urlpatterns = [
    path("", home.home, name="home"),
    path("plan/", plan.plan, name="plan"),
    path("plan/bars/", plan.plan_bars, name="plan-bars"),
    path("plan/table/", plan.plan_table, name="plan-table"),
    path("orders/", orders.orders, name="orders"),
    path("orders/pull/", orders.pull, name="orders-pull"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/<str:number>/retry/", orders.retry, name="order-retry"),
    path("late/", orders.late, name="late"),
    path("plans/", plans.plans, name="plans"),
    path("plans/make/", solve.make, name="make"),
    path("plans/<int:number>/publish/", solve.publish, name="publish"),
    path("solve/<uuid:public_id>/", solve.solve, name="solve"),
    path("solve/<uuid:public_id>/cancel/", solve.cancel, name="solve-cancel"),
    path("solve/<uuid:public_id>/finish/", solve.finish, name="solve-finish"),
]
