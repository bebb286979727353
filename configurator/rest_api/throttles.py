"""How often one caller may ask, by account or else by address."""

from rest_framework.throttling import UserRateThrottle


class ConfigureThrottle(UserRateThrottle):
    """A click a tenth of a second is more than any person makes, and enough for a machine that pays attention."""

    scope = "configure"
    rate = "600/min"


class OrderThrottle(UserRateThrottle):
    scope = "order"
    rate = "120/min"


class PackageThrottle(UserRateThrottle):
    """Packages are compiled and checked, which takes seconds."""

    scope = "package"
    rate = "30/min"
