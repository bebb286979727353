"""Stock and confirmed supply, given out to operations."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from planning.models import Stock, Supply


@dataclass(frozen=True, slots=True)
class Availability:
    """When material is there: at once (`ready` is None), later for `last`, or never for `missing`."""

    ready: datetime | None
    last: str = ""
    missing: str = ""


@dataclass
class MaterialBook:
    """Stock and confirmed supply of bought items, given out in the order in which it is asked for."""

    stock: dict[str, int]
    supply: dict[str, list[tuple[datetime, int]]]

    @classmethod
    def load(cls) -> "MaterialBook":
        """What lies in store and what is due, before anything is given out."""
        supply: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
        for row in Supply.objects.filter(received_at__isnull=True).order_by("due_at"):
            supply[row.item_code].append((row.due_at, row.quantity))
        return cls(dict(Stock.objects.values_list("item_code", "quantity")), supply)

    def copy(self) -> "MaterialBook":
        """A book that can be given out from without touching this one."""
        return MaterialBook(dict(self.stock), {code: list(rows) for code, rows in self.supply.items()})

    def take(self, materials: Mapping[str, int]) -> Availability:
        """Give the material out; when all of it is there, which item comes last, and which never comes."""
        ready: datetime | None = None
        last = missing = ""
        for code, quantity in materials.items():
            if code not in self.stock and code not in self.supply:
                continue  # not managed by stock
            at, short = self._take(code, quantity)
            if short:
                missing = code
            elif at is not None and (ready is None or at > ready):
                ready, last = at, code
        return Availability(ready, last, missing)

    def _take(self, code: str, quantity: int) -> tuple[datetime | None, bool]:
        there = min(max(self.stock.get(code, 0), 0), quantity)
        self.stock[code] = self.stock.get(code, 0) - there
        quantity -= there
        at = None
        rows = self.supply.get(code, [])
        while quantity > 0 and rows:
            at, offered = rows[0]
            taken = min(offered, quantity)
            quantity -= taken
            rows[0] = (at, offered - taken)
            if offered == taken:
                rows.pop(0)
        return at, quantity > 0
