"""Tiny models of which one key was changed by chance: what transformers makes of each, or why it refuses.

A config that the product calls fully supported has to have the total that is here.
"""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any, Final

import transformers
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

from llmsim_adapters.dialects.keys.aliases import CANONICAL

from . import changes, measure, store

if TYPE_CHECKING:
    from pathlib import Path

Facts = dict[str, Any]

EACH: Final = 12
"""Changes of each type's tiny model."""

CASE: Final = "tiny-full"


def write(folder: Path) -> None:
    """Change each type's tiny model so many times."""
    transformers.utils.logging.set_verbosity(transformers.logging.CRITICAL)
    rows = {}
    for path in sorted(store.FACTS.glob("*.json")):
        cases = json.loads(path.read_text(encoding="utf-8")).get("cases", ())
        name = path.stem
        raw = next((case["config"] for case in cases if case["name"] == CASE), None)
        if raw is not None and raw["model_type"] in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
            rows[name] = list(of_type(name, raw))
    store.write("mutated", {"case": CASE}, "types", rows, folder)


def of_type(name: str, raw: Facts) -> list[Facts]:
    """The changes of one type's tiny model, the same ones every time."""
    chance, rows = random.Random(name), []
    while len(rows) < EACH:
        change = changes.draw(chance, raw, CANONICAL)
        if change not in [{key: row[key] for key in change} for row in rows if change.keys() <= row.keys()]:
            rows.append(change | made(changes.changed(raw, change)))
    return rows


def made(raw: Facts) -> Facts:
    """The totals of the model, or why there is none."""
    try:
        return measure.totals(measure.build(raw, "meta"))
    except Exception as error:
        return {"refused": type(error).__name__}
