"""Every route says who may call it; what says nothing is closed."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, path
from rest_framework.views import APIView

from foundation.rest_permissions import RoleRequired
from foundation.roles import ANYONE, allowed_roles, namespace_roles

# Routes that need no sign-in, each with its reason. A new one is a decision, not an accident.
OPEN_TO_ANYONE = {
    "accounts/login/": "how one signs in",
    "accounts/logout/": "signing out twice is no error",
    "admin/login/": "leads to our own sign-in page",
    "language/": "a language is chosen before signing in",
    "live/<str:topic>/": "the topic decides; see foundation.views.live",
    "livez": "asked by the machine's supervisor",
    "readyz": "asked by the machine's supervisor",
    "metrics": "carries a token of its own",
    "clock/": "plant time is no secret, and the board shows it",
    "api/v1/schema/": "how to write a client",
    "api/v1/docs/": "how to write a client",
}
# The shop is open: who knows a public id may see what belongs to it.
OPEN_APPS = {"configurator"}


def routes(resolver, prefix="", namespaces=()):
    for pattern in resolver.url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from routes(pattern, address, inner)
        elif isinstance(pattern, URLPattern):
            yield address, pattern.callback, namespaces


def unmarked(known_routes):
    return [
        address
        for address, view, namespaces in known_routes
        if allowed_roles(view) is None and namespace_roles(namespaces) is None and not _actions_are_marked(view)
    ]


def _actions_are_marked(view):
    # an API view set may mark each action instead of the class
    actions = getattr(view, "actions", None)
    return bool(actions) and all(hasattr(getattr(view.cls, name), "allowed_roles") for name in actions.values())


def test_every_route_says_who_may_call_it():
    assert unmarked(routes(get_resolver())) == []


def test_a_planted_route_without_a_mark_is_seen():
    def planted(request):
        return None

    resolver = URLResolver(path("", lambda request: None).pattern, [path("planted/", planted)])

    assert unmarked(routes(resolver)) == ["planted/"]


def test_only_known_routes_are_open_to_anyone():
    opened = {
        address
        for address, view, _ in routes(get_resolver())
        if allowed_roles(view) is ANYONE and view.__module__.partition(".")[0] not in OPEN_APPS
    }

    assert opened - set(OPEN_TO_ANYONE) == set()


def test_the_list_of_open_routes_names_no_route_that_is_gone():
    assert set(OPEN_TO_ANYONE) - {address for address, *_ in routes(get_resolver())} == set()


def test_every_api_view_asks_for_a_role():
    careless = [
        address
        for address, view, _ in routes(get_resolver())
        if isinstance(api := getattr(view, "cls", None), type)
        and issubclass(api, APIView)
        and allowed_roles(view) is not ANYONE
        and RoleRequired not in api.permission_classes
    ]

    assert careless == []


def test_the_middleware_that_denies_is_in_force():
    assert "foundation.middleware.RoleMiddleware" in settings.MIDDLEWARE
    before = settings.MIDDLEWARE.index("django.contrib.auth.middleware.AuthenticationMiddleware")
    assert settings.MIDDLEWARE.index("foundation.middleware.RoleMiddleware") > before


def test_namespaces_excepted_from_marks_are_the_admin_alone():
    assert set(settings.ROLE_NAMESPACES) == {"admin"}
