"""Settings. Without any environment variable: the embedded default. With LINEWRIGHT_ENV=production: nothing is guessed.

Every variable read here is described in docs/reference/settings.md.
"""

from datetime import timedelta
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.admin_look import UNFOLD  # noqa: F401  # a setting of that name
from config.environment import BASE_DIR, home_directory, stored_secret

env = environ.Env()

# ---------------------------------------------------------------- mode, secret, hosts
MODE = env.str("LINEWRIGHT_ENV", default="embedded")
if MODE not in {"embedded", "production"}:
    raise ImproperlyConfigured(f"LINEWRIGHT_ENV is {MODE!r}; it is 'embedded' (the default) or 'production'.")
PRODUCTION = MODE == "production"

LINEWRIGHT_HOME = home_directory()
DEBUG = env.bool("DEBUG", default=False) and not PRODUCTION
SECRET_KEY = (
    env.str("SECRET_KEY") if PRODUCTION else env.str("SECRET_KEY", default="") or stored_secret(LINEWRIGHT_HOME)
)
ALLOWED_HOSTS = (
    env.list("ALLOWED_HOSTS") if PRODUCTION else env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# ---------------------------------------------------------------- applications
INSTALLED_APPS = [
    "config",
    "shopfloor",
    "planning",
    "configurator",
    "foundation",
    "unfold",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "csp",
    "django_celery_beat",
    "django_celery_results",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "rest_framework",
    "rest_framework.authtoken",
    "simple_history",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "foundation.middleware.AdminPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "foundation.middleware.NullCharacterMiddleware",
    "foundation.middleware.RoleMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "foundation.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "foundation.templatetags.icons",
                "foundation.templatetags.moments",
            ],
        },
    }
]

# ---------------------------------------------------------------- database
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-20000;"
database: dict[str, Any] = dict(
    env.db_url("DATABASE_URL", default=f"sqlite:///{LINEWRIGHT_HOME / 'linewright.sqlite3'}")
)
database["CONN_MAX_AGE"] = 0
if database["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock when a transaction begins: a transaction that reads first and writes later
    # would otherwise fail with "database is locked" at once, whatever the timeout says.
    database["OPTIONS"] = {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": SQLITE_PRAGMAS}
elif env.bool("LINEWRIGHT_DB_POOL", default=PRODUCTION):
    database.setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
DATABASES = {"default": database}

# ---------------------------------------------------------------- people
AUTH_USER_MODEL = "foundation.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "foundation.role_backend.RoleBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "foundation:home"
LOGOUT_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False  # its tables are for the machine; the audit trail is for people

# Which role edits which app's rows in the admin. Administrators edit all of them.
ROLE_ADMIN_APPS = {
    "product_manager": ["configurator"],
    "planner": ["planning"],
    "integrator": ["shopfloor"],
}
# Routes of other people's packages that cannot carry our mark, by namespace. Their own checks come on top.
ROLE_NAMESPACES = {"admin": ["product_manager", "planner", "integrator"]}
# Where signing in leads to; the first role a person has counts.
ROLE_HOME = {
    "administrator": "/admin/",
    "planner": "/planner/",
    "operator": "/floor/",
    "product_manager": "/admin/",
    "integrator": "/floor/",
    "customer": "/",
}
# Who may listen to live events, by the word a topic begins with. None: whoever knows the topic, which then holds an
# unguessable public id.
LIVE_TOPICS: dict[str, list[str] | None] = {
    "order": None,
    "configuration": None,
    "plan": ["planner", "operator"],
    "solve": ["planner"],
    "line": ["operator", "planner", "integrator"],
    "floor": ["operator", "planner", "integrator"],
    "controller": ["operator", "integrator", "planner"],
}

# ---------------------------------------------------------------- security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "linewright_session"
CSRF_COOKIE_NAME = "linewright_csrf"
LANGUAGE_COOKIE_NAME = "linewright_language"
if PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    # The proxy in front must set this header itself and drop one that came from outside.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)

# ---------------------------------------------------------------- language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("LINEWRIGHT_TIME_ZONE", default="Europe/Berlin")  # how pages show times; the database holds UTC
USE_TZ = True

# ---------------------------------------------------------------- static files
STATIC_URL = "static/"
STATIC_ROOT = LINEWRIGHT_HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns at every start when it is not there
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "foundation.node_assets.NodeAssetsFinder",
]
NODE_MODULES = BASE_DIR / "node_modules"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "foundation.static_storage.HashedStaticStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = LINEWRIGHT_HOME / "media"

# ---------------------------------------------------------------- background work
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="memory://localhost")
CELERY_RESULT_BACKEND = "django-db"
CELERY_RESULT_EXTENDED = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_QUEUES_SERVED = ["default", "solve"]  # what the embedded worker listens on; ours, not Celery's
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TRACK_STARTED = True
CELERY_TASK_TIME_LIMIT = 3600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "foundation-housekeeping": {"task": "foundation.tasks.housekeeping", "schedule": timedelta(minutes=10)},
    "planning-housekeeping": {"task": "planning.tasks.housekeeping", "schedule": timedelta(seconds=5)},
    "planning-solve-waiting": {
        "task": "planning.tasks.solve_waiting",
        "schedule": timedelta(seconds=15),
        "options": {"queue": "solve"},
    },
}
if CELERY_BROKER_URL.startswith("amqp"):
    # A quorum queue survives the loss of a broker node and gives a lost worker's task back.
    CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum"
    CELERY_TASK_CREATE_MISSING_QUEUE_TYPE = "quorum"  # queues named by a task alone, such as `solve`
    CELERY_WORKER_DETECT_QUORUM_QUEUES = True
    CELERY_BROKER_TRANSPORT_OPTIONS = {"confirm_publish": True}
    CELERY_BROKER_HEARTBEAT = 30
elif CELERY_BROKER_URL.startswith("redis"):
    # Without the throttle of 1 a killed worker's task comes back only minutes after its visibility timeout.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 7200,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_keepalive": True,
        "health_check_interval": 30,
        "global_keyprefix": "linewright:",
    }
elif CELERY_BROKER_URL.startswith("memory"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.05}

# ---------------------------------------------------------------- ports: who answers upstream's questions
PROMISER = "planning.promiser.PlanPromiser"
RELEASE_CHECKS = ["planning.release_check.RoutingCheck", "shopfloor.release_check.RegisterRangeCheck"]
ORDER_PROGRESS = "shopfloor.order_progress.LineProgress"

# ---------------------------------------------------------------- the shop
# Whether what was configured under an older release may still be ordered. Looking at it is always possible.
OLD_RELEASES_ORDERABLE = env.bool("LINEWRIGHT_OLD_RELEASES_ORDERABLE", default=False)
# Whether somebody else has to approve a release before it is sold.
RELEASE_APPROVAL = env.bool("LINEWRIGHT_RELEASE_APPROVAL", default=False)

# ---------------------------------------------------------------- REST API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["foundation.rest_permissions.RoleRequired"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_RATES": {"anon": "600/min"},
    "PAGE_SIZE": 100,
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Linewright API",
    "DESCRIPTION": "Configure, order, plan and build: the same services as the pages, for machines.",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    # Several tables have a field called `state`: each keeps the name of its own set of values in the schema.
    "ENUM_NAME_OVERRIDES": {
        "ControllerState": "shopfloor.models.ControllerState.choices",
        "TransferState": "shopfloor.models.TransferState.choices",
        "LineKind": "planning.models.LineKind.choices",
        "PlanState": "planning.models.PlanState.choices",
        "SolveState": "planning.models.SolveState.choices",
        "HoldState": "planning.models.HoldState.choices",
        "ProductionOrderState": "planning.models.ProductionOrderState.choices",
        "OperationState": "planning.models.OperationState.choices",
        "OrderState": "configurator.models.ProgressState.choices",
        "ReviewState": "configurator.models.ReviewState.choices",
        "AnswerState": [("chosen", "chosen"), ("implied", "implied"), ("default", "default")],
    },
}

# ---------------------------------------------------------------- mail, log
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
if not PRODUCTION:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = LINEWRIGHT_HOME / "mail"
else:
    vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="linewright@localhost")

METRICS_TOKEN = env.str("LINEWRIGHT_METRICS_TOKEN", default="")
LOG_LEVEL = env.str("LINEWRIGHT_LOG_LEVEL", default="INFO" if PRODUCTION else "WARNING")
LOGGING_CONFIG = "config.logs.configure"
LOGGING: dict[str, Any] = {"level": LOG_LEVEL, "as_json": PRODUCTION}
