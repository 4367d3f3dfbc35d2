"""BLIP-2's encoder of pictures: a ViT with a class token, and a norm behind its layers. `Blip2VisionConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patch_count, patches
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import LearnedTokens, PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, norm = r.size("hidden_size"), layer_norm(r)
    positions = PositionEmbedding(positions=patch_count(r) + 1, hidden_size=hidden)
    before = (LearnedTokens(hidden_size=hidden), patches(r), positions)
    mixer = full_attention(r, bias=r.flag("qkv_bias"), o_bias=True)
    feed_forward = mlp(r, bias=True, gated=False)
    return encoder(r, mixer, feed_forward, norm, before=before, after=(norm,), after_rows=("rows",))


DIALECT = Dialect(
    "blip_2_vision_model",
    read,
    {
        "hidden_size": 1408,
        "intermediate_size": 6144,
        "num_hidden_layers": 39,
        "num_attention_heads": 16,
        "num_channels": 3,
        "image_size": 224,
        "patch_size": 14,
        "hidden_act": "gelu",
        "qkv_bias": True,
    },
)
