"""dots.ocr's picture encoder: a ViT of Llama's layers with rotary positions, and a merger of patches.

Source: SGLang's `dots_vlm_vit.py`, `DotsVisionConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patches
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.towers.qwen2_vl_vision import merged
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    norm, bias = Norm(r.size("hidden_size")), r.flag("attention_bias")
    r.only("is_causal", False)
    mixer = replace(full_attention(r, bias=bias), rotary_fraction=1.0)
    after = (norm,) if r.flag("post_norm") else ()
    layer_norm = Norm(r.size("hidden_size"), "layer", bias=True)
    before = (patches(r), norm)
    return encoder(r, mixer, mlp(r, bias=bias), norm, before=before, after=(*after, layer_norm, *merged(r)))


DIALECT = Dialect(
    "dots_vit",
    read,
    {
        "hidden_size": 1536,
        "out_hidden_size": 1536,
        "intermediate_size": 4224,
        "num_hidden_layers": 42,
        "num_attention_heads": 12,
        "num_channels": 3,
        "patch_size": 14,
        "spatial_merge_size": 2,
        "attention_bias": False,
        "post_norm": True,
        "is_causal": False,
        "hidden_act": "silu",
    },
    aliases={"embed_dim": "hidden_size", "hidden_size": "out_hidden_size"},
    costless={
        "attn_implementation": "how the same attention is executed",
        "gradient_checkpointing": "training only",
        "init_merger_std": "how weights begin",
        "temporal_patch_size": "the class cuts one frame into patches",
    },
)
