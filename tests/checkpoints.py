"""What published quantized checkpoints hold (`reference/facts/checkpoints.json`), as the tests read it."""

from __future__ import annotations

from typing import Any

import llmsim_adapters as la
from tests.facts import facts

_FACTS = facts("checkpoints")
STORED: list[dict[str, Any]] = _FACTS["bytes"]


def config_of(entry: dict[str, Any]) -> dict[str, Any]:
    """Return the config of a checkpoint: a bundled one, its own, or one of the `bases` with its quantization."""
    if "source" in entry:
        return dict(la.load(entry["source"], offline=True).config.data)
    if "config" in entry:
        return dict(entry["config"])
    declared = {key: entry[key] for key in ("quantization", "quantization_config") if key in entry}
    return {**_FACTS["bases"][entry["base"]], **entry.get("changes", {}), **declared}


def model_of(entry: dict[str, Any]) -> la.Model:
    """Return the model of a checkpoint, with the files that stand beside its config."""
    return la.load(config_of(entry), files=entry.get("files", {}))
