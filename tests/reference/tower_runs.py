"""Runs of tiny encoders of pictures: what torch counts for one, two and differently shaped ones, and what comes out.

The encoder alone is run, with what merges its patches, over patches as the image processor cuts them.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import torch
from torch.utils.flop_counter import FlopCounterMode

from . import measure, store

if TYPE_CHECKING:
    from pathlib import Path

ENCODERS: Final = {
    "qwen2_vl": "Qwen2VisionTransformerPretrainedModel",
    "qwen2_5_vl": "Qwen2_5_VisionTransformerPretrainedModel",
    "qwen3_vl": "Qwen3VLVisionModel",
    "qwen3_5": "Qwen3_5VisionModel",
}
"""The class of each type's encoder in transformers."""

GRIDS: Final = (
    ((1, 2, 2),),
    ((1, 4, 4),),
    ((1, 6, 10),),
    ((1, 4, 4), (1, 4, 4)),
    ((1, 4, 6), (1, 10, 2)),
    ((1, 6, 6), (1, 8, 10)),
    ((2, 4, 6),),
)
"""Patches of each picture: pairs of frames, rows, columns. A window of the tiny types is 4 patches high and wide."""


def write(folder: Path) -> None:
    """Run each encoder, with the configs of `facts/towers.json`, over each batch of pictures."""
    known = json.loads((folder / "towers.json").read_text(encoding="utf-8"))["types"]
    rows = {name: {"config": known[name]["config"], "runs": _runs(known[name]["config"])} for name in ENCODERS}
    store.write("tower_runs", {}, "types", rows, folder)


def _runs(config: dict[str, Any]) -> list[dict[str, Any]]:
    """Return patches, floating-point operations and the rows that the language model is given, for each batch."""
    model_type = config["model_type"]
    vision = measure.configure(config).vision_config
    module = import_module(f"transformers.models.{model_type}.modeling_{model_type}")
    encoder = getattr(module, ENCODERS[model_type])._from_config(vision, attn_implementation="eager").eval()
    pixels = vision.in_channels * vision.temporal_patch_size * vision.patch_size**2
    runs = []
    for grids in GRIDS:
        patches = torch.randn(sum(t * h * w for t, h, w in grids), pixels)
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            found = encoder(patches, grid_thw=torch.tensor(grids))
        runs.append({"grids": grids, "flops": counter.get_total_flops(), "tokens": len(found.pooler_output)})
    return runs
