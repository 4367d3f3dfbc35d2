"""The external totals of the models that the package itself reports on, for a single model that is loaded by name."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from llmsim_adapters.evaluation.total import Total
from llmsim_adapters.package_data import package_text

if TYPE_CHECKING:
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


def known_total(source: Provenance) -> Total | None:
    """Return the external total of a model that was found under its name."""
    return None if source.repo_id is None else _totals().get(source.repo_id.lower())
