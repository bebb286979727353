"""REST API of the shop floor, under /api/v1/."""

from rest_framework.routers import SimpleRouter

from shopfloor.rest_api.views import ControllerViewSet, MasterRecipeViewSet, TransferViewSet, UnitViewSet

router = SimpleRouter()
router.register("controllers", ControllerViewSet)
router.register("recipes", MasterRecipeViewSet)
router.register("units", UnitViewSet)
router.register("transfers", TransferViewSet)

urlpatterns = router.urls
