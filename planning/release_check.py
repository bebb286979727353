"""The port `ReleaseCheck`: can the plant make every item of a release?"""

from configurator.api import Finding, ReleaseSpace, Severity
from planning.models import Plant, Routing, Station


class RoutingCheck:
    """Every made item has a routing, and every step of it a station that offers the capability."""

    def findings(self, space: ReleaseSpace) -> tuple[Finding, ...]:
        """What no station could make; nothing without a plant, since then nobody plans at all."""
        if not Plant.objects.exists():
            return ()
        offered = {
            word
            for words in Station.objects.filter(retired=False).values_list("capabilities", flat=True)
            for word in words
        }
        made = [item for item in space.items if item.made]
        rows = Routing.objects.filter(item_code__in=[item.code for item in made]).prefetch_related("operations")
        routings = {routing.item_code: routing for routing in rows}
        findings = []
        for item in made:
            if item.code not in routings:
                findings.append(
                    Finding(Severity.ERROR, item.code, f"No routing says how {item.name} ({item.code}) is made.")
                )
                continue
            findings += [
                Finding(
                    Severity.ERROR,
                    f"{item.code} step {step.number}",
                    f"No station offers {step.capability!r}, which {step.name} of {item.name} needs.",
                )
                for step in routings[item.code].operations.all()
                if step.capability not in offered
            ]
        return tuple(findings)
