"""Model types of remote code: transformers has no class for them, and one of its own stands in with equal dimensions.

Measured are a tiny model of each (`stand_in_types`), with some variants, and the published configs that
`facts/published_totals.json` holds, at full size and without memory. What a stand-in cannot say is edited in with
torch's own modules, and each fact names its edits.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import measure, store
from .stand_in_renamed import COMMON
from .stand_in_types import STAND_INS
from .values import RANDOM_RUN, RUNS

if TYPE_CHECKING:
    from pathlib import Path

Facts = dict[str, Any]

PUBLISHED = "published_totals"


def raw_of(model_type: str, changes: Facts) -> Facts:
    """The tiny model's raw config with changes; None takes a key away."""
    row = STAND_INS[model_type]
    head = {"model_type": model_type, "architectures": [row.architecture]}
    return head | {key: value for key, value in (COMMON | row.tiny | changes).items() if value is not None}


def case(model_type: str, name: str, changes: Facts) -> Facts:
    """One config with the stand-in's figures."""
    row, raw = STAND_INS[model_type], raw_of(model_type, changes)
    model, edits = row.build(raw)
    facts = {"name": name, "form": "full", "config": raw, "stand_in": row.model_type, **measure.totals(model)}
    if edits:
        facts["edits"] = edits
    if row.weights_alone:
        return facts if changes else facts | measure.inventory(model)
    if changes:
        return facts | {"runs": [measure.run(model, *RANDOM_RUN)]}
    facts |= measure.inventory(model)
    return facts | {"runs": [measure.run(model, *shape, decode=True) for shape in RUNS]}


def write(model_type: str, folder: Path = store.FACTS) -> None:
    """Write the facts of one model type."""
    row = STAND_INS[model_type]
    rows = [case(model_type, "full", {})]
    rows += [case(model_type, name, changes) for name, changes in row.variants.items()]
    proof = {"stand_in": row.model_type, "difference": row.difference}
    header = {"model_type": model_type, "proof": proof, "sources": [row.source]}
    store.write(model_type, header, "cases", rows, folder)


def write_published(folder: Path = store.FACTS) -> None:
    """Measure the published configs of the file anew."""
    models = json.loads((store.FACTS / f"{PUBLISHED}.json").read_text(encoding="utf-8"))["models"]
    for facts in models.values():
        row = STAND_INS[facts["config"]["model_type"]]
        model, edits = row.build(facts["config"], "meta")
        facts["source"] = f"transformers' {row.model_type} of equal dimensions, built without memory"
        facts |= measure.totals(model)
        if edits:
            facts["edits"] = edits
    store.write(PUBLISHED, {}, "models", models, folder)
