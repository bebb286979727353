"""Reads for pages and API, each with a constant number of queries."""

from configurator.selectors.cart import CartLineView, CartView, cart_view
from configurator.selectors.catalogue import ProductCard, catalogue, release_for_sale
from configurator.selectors.configuration import choices_refusal_view, choices_view, configuration_view, refusal_view
from configurator.selectors.orders import OrderLineView, OrderView, accepted_lines, bill_of, order_view, orders_of
from configurator.selectors.page_types import (
    ConfigurationView,
    FeatureView,
    LimitView,
    OptionView,
    ParameterView,
    PriceLine,
    RefusalView,
    RepairView,
    SectionView,
    ValueState,
)

__all__ = [
    "CartLineView",
    "CartView",
    "ConfigurationView",
    "FeatureView",
    "LimitView",
    "OptionView",
    "OrderLineView",
    "OrderView",
    "ParameterView",
    "PriceLine",
    "ProductCard",
    "RefusalView",
    "RepairView",
    "SectionView",
    "ValueState",
    "accepted_lines",
    "bill_of",
    "cart_view",
    "catalogue",
    "choices_refusal_view",
    "choices_view",
    "configuration_view",
    "order_view",
    "orders_of",
    "refusal_view",
    "release_for_sale",
]
