"""Tables of the configurator, split by noun."""

from configurator.models.cart import Cart, CartLine
from configurator.models.configuration import Configuration
from configurator.models.order import Milestone, Order, OrderLine, OrderMilestone, OrderNumberSeries, ProgressState
from configurator.models.product import Example, Feature, Option, Parameter, Product, Rule, Section, Table
from configurator.models.release import CompiledRelease, Release, ReleaseReview, ReviewState
from configurator.models.structure import BillLine, Item, ProductItem

__all__ = [
    "BillLine",
    "Cart",
    "CartLine",
    "CompiledRelease",
    "Configuration",
    "Example",
    "Feature",
    "Item",
    "Milestone",
    "Option",
    "Order",
    "OrderLine",
    "OrderMilestone",
    "OrderNumberSeries",
    "Parameter",
    "Product",
    "ProductItem",
    "ProgressState",
    "Release",
    "ReleaseReview",
    "ReviewState",
    "Rule",
    "Section",
    "Table",
]
