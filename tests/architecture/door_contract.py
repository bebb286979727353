"""A contract for import-linter: another app is entered through its door alone, and from few rooms."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class DoorContract(Contract):
    """Between apps only `<app>.api` is imported, from the rooms named; the free doors stand open to every room.

    Rooms that carry the domain's mathematics (`closed_rooms`) enter no other app at all, but for the modules that are
    as pure as they are (`pure_modules`). Models may know the models of a free app, since tables refer to people.
    """

    apps = fields.ListField(subfield=fields.StringField())
    rooms = fields.SetField(subfield=fields.StringField())
    free_doors = fields.SetField(subfield=fields.StringField())
    closed_rooms = fields.SetField(subfield=fields.StringField())
    pure_modules = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        faults = sorted(
            f"{importer} -> {imported}"
            for importer in graph.modules
            for imported in graph.find_modules_directly_imported_by(importer)
            if self._crosses(importer, imported) and not self._is_permitted(importer, imported)
        )
        return ContractCheck(kept=not faults, metadata={"faults": faults})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for fault in check.metadata["faults"]:
            output.print_error(f"- {fault}")

    def _crosses(self, importer: str, imported: str) -> bool:
        one, other = importer.partition(".")[0], imported.partition(".")[0]
        return one != other and one in self.apps and other in self.apps  # type: ignore[operator]

    def _is_permitted(self, importer: str, imported: str) -> bool:
        if imported in self.pure_modules:  # type: ignore[operator]
            return True
        app, _, door = imported.partition(".")
        room = importer.partition(".")[2].partition(".")[0]
        if room in self.closed_rooms:  # type: ignore[operator]
            return False
        free = app in self.free_doors  # type: ignore[operator]
        if free and room == "models" and door.startswith("models"):
            return True
        return door == "api" and (free or room in self.rooms)  # type: ignore[operator]
