"""Gemma 4's pictures without an encoder: large patches, projected between norms. `Gemma4UnifiedVisionConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Norm, PlanePositions, Projection
from llmsim_adapters.spec.model import ModelSpec, Stack

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader


def read(r: Reader) -> ModelSpec:
    side = r.size("patch_size") * r.size("pooling_kernel_size")
    r.agree("model_patch_size", side, "patch_size times pooling_kernel_size")
    pixels, width = 3 * side * side, r.size("mm_embed_dim")
    norm = Norm(width, "layer", bias=True)
    before = (
        Norm(pixels, "layer", bias=True),
        Projection(input_size=pixels, output_size=width, bias=True),
        norm,
        PlanePositions(positions=r.size("mm_posemb_size"), hidden_size=width),
        norm,
    )
    return ModelSpec(r.model_type, (Stack("encoder", (), (), before=before, axis="patches"),))


DIALECT = Dialect(
    "gemma4_unified_vision",
    read,
    {
        "patch_size": 16,
        "pooling_kernel_size": 3,
        "mm_embed_dim": 3840,
        "mm_posemb_size": 1120,
        "output_proj_dims": 3840,
    },
    costless={"num_soft_tokens": "how many tokens a picture becomes: no weights"},
)
