"""ASGI entry: what uvicorn, alone or under gunicorn, serves."""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# whitenoise hands static files over as iterators of the old kind; Django reads them whole, which is right for files of
# this size, and would say so once per file.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

application = get_asgi_application()
