"""The factory of the demonstration: its knowledge is loaded, its products are published, its people get accounts."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from config.demo.processes import Child, ProcessFamily, free_ports
from configurator.formats import package_from_uvl
from configurator.models import Release
from configurator.ports import Severity
from configurator.services.package import package_read, packages_import
from configurator.services.publish import release_publish
from foundation.api import Role, roles_set
from foundation.models import User
from planning.models import Plant
from planning.services.plant_package import plant_package_import
from shopfloor.api import line_package_import
from shopfloor.models import Controller

FIXTURES = settings.BASE_DIR / "fixtures"
LINE_SETTINGS = "config.line_settings"
MONDAY = datetime(2027, 5, 10, 6, 0)  # noqa: DTZ001 - on the plant's wall clock, whose zone the package names

# Passwords of a demonstration on loopback, shown on its first screen. They are secrets of nobody.
ACCOUNTS = {
    "customer": Role.CUSTOMER,
    "planner": Role.PLANNER,
    "operator": Role.OPERATOR,
    "manager": Role.PRODUCT_MANAGER,
    "integrator": Role.INTEGRATOR,
    "admin": Role.ADMINISTRATOR,
}


@dataclass(frozen=True)
class Factory:
    """A folder with a plant, its line, and the products it makes."""

    directory: Path
    products: tuple[Path, ...]

    @property
    def plant_path(self) -> Path:
        """The plant package."""
        return self.directory / "plant.yaml"

    @property
    def line_path(self) -> Path:
        """The line package."""
        return self.directory / "line.yaml"


def velo() -> Factory:
    """The factory of three bicycles."""
    directory = FIXTURES / "velo"
    return Factory(directory, tuple(directory / f"{name}.yaml" for name in ("city", "trail", "cargo")))


def standard(model: Path) -> Factory:
    """A factory with one assembly line, for a product out of a feature model."""
    return Factory(FIXTURES / "standard", (model,))


def monday_morning(plant: Plant) -> datetime:
    """When the demonstration begins: a Monday at 06:00 on the plant's clock."""
    return MONDAY.replace(tzinfo=ZoneInfo(plant.time_zone))


def plant_load(factory: Factory, now: datetime) -> Plant:
    """The plant with its stations, routings and stock."""
    return plant_package_import(source=factory.plant_path, actor=None, now=now)


def factory_load(factory: Factory, now: datetime) -> tuple[Release, ...]:
    """The line's controllers and recipes, and the products, checked and published."""
    line_package_import(source=factory.line_path, actor=None, now=now)
    packages = [package_from_uvl(path) if path.suffix == ".uvl" else package_read(path) for path in factory.products]
    products = packages_import(packages=packages, actor=None, now=now)
    # In a feature model of somebody else an option that can never be chosen is a fact, not our mistake.
    foreign = any(path.suffix == ".uvl" for path in factory.products)
    dead_options = Severity.WARNING if foreign else Severity.ERROR
    return tuple(
        release_publish(product=product, actor=None, now=now, dead_options=dead_options) for product in products
    )


def accounts_make(now: datetime) -> dict[str, str]:
    """One account per role; user name -> password."""
    passwords = {}
    for name, role in ACCOUNTS.items():
        passwords[name] = f"{name}-demo"
        user = User.objects.filter(username=name).first()
        if user is None:
            user = User.objects.create_user(name, f"{name}@example.org", passwords[name])
        roles_set(user=user, roles=frozenset({role}), actor=None, now=now)
    return passwords


def controllers_start(family: ProcessFamily, state_directory: Path) -> list[Child]:
    """Start a process per controller, each on a free port, which the database then knows."""
    controllers = list(Controller.objects.select_related("profile").prefetch_related("channels").order_by("code"))
    for controller, port in zip(controllers, free_ports(len(controllers)), strict=True):
        controller.host, controller.port = "127.0.0.1", port
        Controller.objects.filter(pk=controller.pk).update(host=controller.host, port=controller.port)
    return [
        family.start(f"controller-{controller.code}", _simulator(controller, state_directory), LINE_SETTINGS)
        for controller in controllers
    ]


def gateway_start(family: ProcessFamily, poll: float, horizon: int) -> Child:
    """Start the gateway; it reads the controllers' addresses once, so they come first."""
    return family.start("gateway", ["run_gateway", f"--poll={poll}", f"--horizon={horizon}"], LINE_SETTINGS)


def _simulator(controller: Controller, state_directory: Path) -> list[str]:
    channels = sorted(controller.channels.all(), key=lambda channel: channel.index)
    return [
        "simulate_controller",
        f"--profile={controller.profile.code}",
        f"--identity={controller.code}",
        f"--stations={','.join(channel.station_code for channel in channels)}",
        f"--port={controller.port}",
        f"--state-file={state_directory / f'{controller.code}.state'}",
    ]
