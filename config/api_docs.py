"""The OpenAPI schema of the REST API and the page that shows it."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from foundation.api import allow_anyone

schema = allow_anyone(SpectacularAPIView.as_view(permission_classes=[]))
# Swagger UI writes style elements of its own; its script comes as a file from the sidecar.
docs = allow_anyone(
    csp_update({"style-src": [SELF, UNSAFE_INLINE]})(
        SpectacularSwaggerSplitView.as_view(url_name="api-schema", permission_classes=[])
    )
)
