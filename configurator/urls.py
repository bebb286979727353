"""Pages of the shop."""

from django.urls import path

from configurator.views import cart, catalogue, checkout, configure, orders, release_change

app_name = "configurator"

urlpatterns = [
    path("", catalogue.home, name="catalogue"),
    path("p/<str:code>/", catalogue.start, name="start"),
    path("c/<uuid:public_id>/", configure.configure, name="configure"),
    path("c/<uuid:public_id>/dates/", configure.dates, name="dates"),
    path("c/<uuid:public_id>/choose/", configure.choose, name="choose"),
    path("c/<uuid:public_id>/repair/", configure.repair, name="repair"),
    path("c/<uuid:public_id>/undo/", configure.undo, name="undo"),
    path("c/<uuid:public_id>/redo/", configure.redo, name="redo"),
    path("c/<uuid:public_id>/clear/", configure.clear, name="clear"),
    path("c/<uuid:public_id>/cart/", cart.add, name="cart-add"),
    path("c/<uuid:public_id>/release/", release_change.configuration_release, name="configuration-release"),
    path("c/<uuid:public_id>/release/keep/", release_change.configuration_keep, name="configuration-keep"),
    path("cart/", cart.show, name="cart"),
    path("cart/<uuid:line_id>/", cart.change, name="cart-change"),
    path("cart/<uuid:line_id>/remove/", cart.remove, name="cart-remove"),
    path("cart/<uuid:line_id>/release/", release_change.line, name="line-release"),
    path("cart/<uuid:line_id>/release/take/", release_change.line_take, name="line-release-take"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("checkout/hold/", checkout.hold, name="hold"),
    path("orders/", orders.mine, name="my-orders"),
    path("orders/<uuid:public_id>/", orders.order, name="order"),
    path("orders/<uuid:public_id>/progress/", orders.progress, name="order-progress"),
]
