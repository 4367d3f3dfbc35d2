"""Step 3's picture encoder: a ViT with a class token, and norms behind its mixers.

Source: SGLang's `Step3VisionEncoderConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patch_count, patches
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import LearnedTokens, PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden = r.size("hidden_size")
    positions = PositionEmbedding(positions=patch_count(r) + 1, hidden_size=hidden)
    before = (LearnedTokens(hidden_size=hidden), patches(r), positions)
    network = mlp(r, bias=True, gated=False)
    return encoder(r, full_attention(r), network, layer_norm(r), layout=post_norm, before=before)


DIALECT = Dialect(
    "step3_vision_encoder",
    read,
    {
        "hidden_size": 1792,
        "intermediate_size": 3072,
        "output_hidden_size": 4096,
        "num_hidden_layers": 63,
        "num_attention_heads": 16,
        "num_channels": 3,
        "image_size": 728,
        "patch_size": 14,
        "hidden_act": "quick_gelu",
    },
)
