"""SigLIP 2's picture encoder for pictures of any shape: patches are projected. Source: `Siglip2VisionConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.towers.siglip_vision_model import POOLED_ROWS, pooled
from llmsim_adapters.spec.components import PositionEmbedding, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, side = r.size("hidden_size"), r.size("patch_size")
    patch = Projection(input_size=r.size("num_channels") * side * side, output_size=hidden, bias=True)
    positions = PositionEmbedding(positions=r.size("num_patches"), hidden_size=hidden, resampled=True)
    norm, pooling = layer_norm(r), pooled(r) if r.flag("vision_use_head") else ()
    rows = ("rows", *POOLED_ROWS) if pooling else ()
    mixer, feed_forward = full_attention(r), mlp(r, bias=True, gated=False)
    return encoder(r, mixer, feed_forward, norm, before=(patch, positions), after=(norm, *pooling), after_rows=rows)


DIALECT = Dialect(
    "siglip2_vision_model",
    read,
    {
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "num_channels": 3,
        "num_patches": 256,
        "patch_size": 16,
        "hidden_act": "gelu_pytorch_tanh",
        "vision_use_head": True,
    },
)
