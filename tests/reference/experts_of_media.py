"""What texts cost whose tokens are in part of pictures, where these have experts of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

from . import measure, stand_ins, store

if TYPE_CHECKING:
    from pathlib import Path

TYPES: Final = {"ernie4_5_vl_moe": "moe_mm_token_type_ids"}
"""By type: the input that says of each token whether it is of a picture."""

BATCH: Final = 2
LENGTHS: Final = ((13, 0), (13, 4), (13, 12), (40, 30))
"""Tokens of each sequence, and how many of them are of a picture."""


def write(folder: Path = store.FACTS) -> None:
    """Run the language model of each type's tiny models, without their encoders."""
    store.write("experts_of_media", {}, "types", {name: runs(name) for name in TYPES}, folder)


def runs(model_type: str) -> list[dict[str, Any]]:
    """Return a type's configs, each with what torch counts for each of the lengths."""
    row, found = stand_ins.STAND_INS[model_type], []
    for changes in ({}, *row.variants.values()):
        raw = stand_ins.raw_of(model_type, changes)
        model, _ = row.build(raw)
        counted = [[*lengths, flops(model, model_type, *lengths)] for lengths in LENGTHS]
        found.append({"config": raw, "runs": counted})
    return found


def flops(model: Any, model_type: str, length: int, of_pictures: int) -> int:
    """Return what torch counts of a prefill; tokens of pictures come first."""
    kinds = torch.zeros((BATCH, length), dtype=torch.int64)
    kinds[:, :of_pictures] = 1
    tokens = measure.tokens_of(model, BATCH, length, measure.SEED)
    return measure.count(model, tokens, use_cache=False, **{TYPES[model_type]: kinds})[0]
