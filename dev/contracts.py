"""An import contract that the stock ones cannot express."""

from typing import ClassVar

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class Facade(Contract):
    """Outside a feature, only the feature package itself (and its open modules) may be imported."""

    type_name: ClassVar[str] = "facade"

    container = fields.StringField()
    open_modules = fields.SetField(subfield=fields.StringField(), required=False)
    composition_roots = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001 - the signature is import-linter's
        breaches = []
        for feature in sorted(graph.find_children(str(self.container))):
            opened = {f"{feature}.{name}" for name in self.names(self.open_modules)}
            for imported in sorted(graph.find_descendants(feature) - opened):
                for importer in sorted(graph.find_modules_that_directly_import(imported)):
                    at_home = importer == feature or importer.startswith(f"{feature}.")
                    if not at_home and not importer.startswith(tuple(self.names(self.composition_roots))):
                        breaches.append(f"{importer} -> {imported}")
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def render_broken_contract(self, check: ContractCheck) -> None:
        output.print_error("Import the feature itself; what it offers is in its __init__.py:")
        for breach in check.metadata["breaches"]:
            output.print_error(f"- {breach}", bold=False)

    @staticmethod
    def names(value: object) -> set[str]:
        """What a set field holds once it is parsed; its declared type is the field's own."""
        return {str(item) for item in value} if isinstance(value, (set, frozenset)) else set()
