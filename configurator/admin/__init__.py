"""The configurator in the admin: drafts are edited, what was published or sold is read."""

from configurator.admin.drafts import (
    BillLineAdmin,
    ExampleAdmin,
    FeatureAdmin,
    ItemAdmin,
    ParameterAdmin,
    RuleAdmin,
    TableAdmin,
)
from configurator.admin.products import ProductAdmin
from configurator.admin.records import OrderAdmin
from configurator.admin.releases import ReleaseAdmin

__all__ = [
    "BillLineAdmin",
    "ExampleAdmin",
    "FeatureAdmin",
    "ItemAdmin",
    "OrderAdmin",
    "ParameterAdmin",
    "ProductAdmin",
    "ReleaseAdmin",
    "RuleAdmin",
    "TableAdmin",
]
