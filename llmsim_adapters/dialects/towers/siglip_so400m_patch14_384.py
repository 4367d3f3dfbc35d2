"""SigLIP's picture encoder as timm has it, in DeepSeek-VL2. Source: SGLang's `deepseek_vl2.py`.

Its files have the head that pools, which no picture runs: patches alone are projected.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.widths import by_ratio
from llmsim_adapters.dialects.towers import siglip_vision_model
from llmsim_adapters.dialects.towers.sam_vit_b import NAMES
from llmsim_adapters.spec.media.media import NEVER

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.derive("intermediate_size", by_ratio(r, r.size("hidden_size")))
    spec = siglip_vision_model.read(r)
    (stack,) = spec.stacks
    rows = ("rows", *(NEVER,) * (len(stack.after) - 1))
    return replace(spec, stacks=(replace(stack, after_rows=rows),))


DIALECT = siglip_vision_model.DIALECT.like(
    "siglip_so400m_patch14_384",
    read=read,
    aliases=NAMES,
    costless={"model_name": "which encoder it is"},
    hidden_size=1152,
    num_hidden_layers=27,
    num_attention_heads=16,
    mlp_ratio=3.7362,
    image_size=384,
    patch_size=14,
)
