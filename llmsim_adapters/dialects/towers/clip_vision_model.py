"""CLIP's picture encoder: a ViT with a class token, and norms before and after its layers. `CLIPVisionConfig`."""

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
    first = LearnedTokens(hidden_size=hidden)
    positions = PositionEmbedding(positions=patch_count(r) + 1, hidden_size=hidden)
    before = (first, patches(r, bias=False), positions, norm)
    feed_forward = mlp(r, bias=True, gated=False)
    return encoder(r, full_attention(r), feed_forward, norm, before=before, after=(norm,))


DIALECT = Dialect(
    "clip_vision_model",
    read,
    {
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "num_channels": 3,
        "image_size": 224,
        "patch_size": 32,
        "hidden_act": "quick_gelu",
    },
    costless={
        "projection_dim": "of a projection to CLIP's text, which a tower has no use for",
        "vocab_size": "of CLIP's text model, which a tower does not have",
    },
)
