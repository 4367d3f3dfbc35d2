"""The external totals of the models that the package itself reports on, for a single model that is loaded by name."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import TYPE_CHECKING

from llmsim_adapters.evaluation.total import Total
from llmsim_adapters.package_data import package_text

if TYPE_CHECKING:
    from llmsim_adapters.evaluation.recorded import Recorded
    from llmsim_adapters.sources import Provenance


@cache
def _totals() -> dict[str, Total]:
    """Return the totals in the `report` registry, by the Hugging Face id in lower case."""
    text = package_text("llmsim_adapters.registries", "report.json")
    return {
        row["huggingface"].lower(): Total(total["value"], total["source"], total["kind"], tuple(total["counts"]))
        for row in json.loads(text)["models"]
        if (total := row["total"]) is not None
    }


def of_registry(
    registry: str | os.PathLike[str], source: object, provenance: Provenance
) -> tuple[Total | None, Recorded | None]:
    """Return the external total and the kept proof that a registry has of a model, by its id or by its path.

    Raises:
        RegistryError: the registry can't be read.
    """
    from llmsim_adapters.registries.registry import load_registry  # which needs pydantic

    names = {str(name).lower() for name in (provenance.repo_id, source) if isinstance(name, (str, os.PathLike))}
    for row in load_registry(registry if isinstance(registry, str) else os.fspath(registry)).models:
        if names & {str(name).lower() for name in (row.huggingface, row.modelscope) if name}:
            total = None if row.total is None else row.total.total()
            return total, None if row.proof is None else row.proof.recorded()
    return None, None


def known_total(source: Provenance) -> Total | None:
    """Return the external total of a model that was found under its name."""
    return None if source.repo_id is None else _totals().get(source.repo_id.lower())
