"""What a verb of the configurator refuses, each with the data that says why."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from configurator.engine.expressions import Value
from configurator.models.cart import QUANTITY_LIMIT
from configurator.ports import Finding

if TYPE_CHECKING:
    from configurator.models import Configuration, Order, Release


class ConfiguratorError(Exception):
    """A request the configurator refuses; its text is one sentence for the person who asked."""


class StaleRevision(ConfiguratorError):
    """The configuration was changed elsewhere since it was shown; `current` is what it is now."""

    def __init__(self, current: "Configuration") -> None:
        super().__init__("You changed this design in another tab; here is how it stands now.")
        self.current = current


class UnknownChoice(ConfiguratorError):
    """The product has no such feature, or the feature no such value."""

    def __init__(self, feature: str, value: Value | None = None) -> None:
        if value is None:
            super().__init__(f"This product has no feature {feature!r}.")
        else:
            super().__init__(f"{value!r} is not offered for {feature!r}.")
        self.feature = feature
        self.value = value


class NoSuchRepair(ConfiguratorError):
    """The repair asked for is not on offer any more."""

    def __init__(self, number: int) -> None:
        super().__init__("This way out is no longer on offer; choose again.")
        self.number = number


class ReleaseMoved(ConfiguratorError):
    """Another release is sold by now than the one whose changes were shown; nothing was changed."""

    def __init__(self, product_name: str) -> None:
        super().__init__(f"{product_name} has changed once more; look at what is different now.")
        self.product_name = product_name


class ReleaseWithdrawn(ConfiguratorError):
    """The product is sold under another release now, and this one may not be ordered any more."""

    def __init__(self, product_name: str) -> None:
        super().__init__(f"{product_name} has changed since you configured it; look at what is different first.")
        self.product_name = product_name


class ItemClash(ConfiguratorError):
    """An item's code means something else in products that are not part of the import."""

    def __init__(self, clashes: Sequence[tuple[str, Sequence[str]]]) -> None:
        items = "; ".join(f"{code} (used by {', '.join(products)})" for code, products in clashes)
        super().__init__(
            "These items are shared with products that are not part of this import and would change for them: "
            f"{items}. Import those products together with this one, or give the item another code."
        )
        self.clashes = tuple(clashes)


class PackageRefused(ConfiguratorError):
    """The package cannot be stored as it is."""


class PublishRefused(ConfiguratorError):
    """The draft cannot be published; `findings` are the errors and warnings found."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(f"{finding.where}: {finding.text}" for finding in findings))
        self.findings = tuple(findings)


class NotWaiting(ConfiguratorError):
    """The release waits for nobody: it was decided on already, or never had to be."""

    def __init__(self, release: "Release") -> None:
        super().__init__(f"Release {release.number} of {release.product.name} does not wait for approval.")
        self.release = release


class OwnRelease(ConfiguratorError):
    """Who published a release cannot decide on it."""

    def __init__(self, release: "Release") -> None:
        super().__init__(
            f"You published release {release.number} of {release.product.name} yourself: somebody else has to decide."
        )
        self.release = release


class RemarkMissing(ConfiguratorError):
    """A release is sent back without saying why."""

    def __init__(self) -> None:
        super().__init__("Say in the remark why the release is rejected.")


class NotSold(ConfiguratorError):
    """The product has no release to sell."""

    def __init__(self, product_name: str) -> None:
        super().__init__(f"{product_name} is not sold yet.")


class NotBuildable(ConfiguratorError):
    """The choices of a line contradict the rules of its release."""

    def __init__(self, product_name: str, reasons: Sequence[str]) -> None:
        super().__init__(f"{product_name} cannot be built like this: {' '.join(reasons)}")
        self.reasons = tuple(reasons)


class QuantityOutOfLimits(ConfiguratorError):
    """The quantity is not a number the shop takes."""

    def __init__(self, quantity: object) -> None:
        super().__init__(f"The quantity must be a whole number from 1 to {QUANTITY_LIMIT}, not {quantity}.")
        self.quantity = quantity


class CartEmpty(ConfiguratorError):
    """There is nothing in the cart to order."""

    def __init__(self) -> None:
        super().__init__("There is nothing in the cart.")


class MixedCurrencies(ConfiguratorError):
    """One order has one currency."""

    def __init__(self, currencies: Sequence[str]) -> None:
        super().__init__(f"One order can hold one currency only, not {' and '.join(currencies)}.")
        self.currencies = tuple(currencies)


class CartClosed(ConfiguratorError):
    """The cart was ordered already; `order` is what became of it, when it is known."""

    def __init__(self, order: "Order | None" = None) -> None:
        super().__init__(
            "This cart was ordered already." if order is None else f"This cart became order {order.number}."
        )
        self.order = order


class CartChanged(ConfiguratorError):
    """The cart was changed elsewhere while the order was being placed; nothing was ordered."""

    def __init__(self) -> None:
        super().__init__("Your cart was changed in another tab; look at it again before you order.")


class KeyReused(ConfiguratorError):
    """The idempotency key belongs to an order with other contents."""

    def __init__(self, order: "Order") -> None:
        super().__init__(f"This key was used for order {order.number}, which has other contents.")
        self.order = order


class PromiseLapsed(ConfiguratorError):
    """A held date ran out before the order was placed; it has to be held again."""

    def __init__(self) -> None:
        super().__init__("The date was held for 15 minutes and is free again; look at the new date before you order.")


class UnknownOrderLine(ConfiguratorError):
    """A fact was reported about an order line that does not exist."""

    def __init__(self, order_line_id: int) -> None:
        super().__init__(f"There is no order line {order_line_id}.")
        self.order_line_id = order_line_id
