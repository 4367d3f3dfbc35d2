"""Ovis 2's picture encoder: AIMv2, and what makes of its states how much of each visual word there is.

Source: transformers `Ovis2VisionConfig` (AIMv2, arXiv:2411.14402).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patch_count, patches
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Norm, PositionEmbedding, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, side = r.size("hidden_size"), r.size("hidden_stride")
    norm = Norm(hidden)
    words = r.derive("visual_words", r.size("vocab_size") - r.size("num_visual_indicator_tokens"))
    r.check("vocab_size", words > 0, "is no more than num_visual_indicator_tokens")
    mixer = full_attention(r, bias=r.flag("qkv_bias"))
    positions = PositionEmbedding(positions=patch_count(r), hidden_size=hidden)
    return encoder(
        r,
        mixer,
        mlp(r, bias=r.flag("mlp_bias")),
        norm,
        before=(patches(r), norm, positions),
        after=(
            norm,
            Projection(input_size=side * side * hidden, output_size=words),
            Norm(words, "layer", bias=True),
        ),
        after_rows=("rows", "tokens", "tokens"),
    )


DIALECT = Dialect(
    "ovis2_vision",
    read,
    {
        "hidden_size": 1024,
        "intermediate_size": 2816,
        "num_hidden_layers": 24,
        "num_attention_heads": 8,
        "num_channels": 3,
        "image_size": 224,
        "patch_size": 14,
        "qkv_bias": False,
        "mlp_bias": False,
        "hidden_act": "silu",
        "vocab_size": 16384,
        "hidden_stride": 1,
        "num_visual_indicator_tokens": 5,
    },
    costless={"tokenize_function": "how words are weighted: elementwise"},
)
