"""HunYuan-VL's picture encoder: a ViT, whose merged patches are projected twice and whose rows end in a vector.

Source: transformers `HunYuanVLVisionConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patches
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Convolution, LearnedTokens, Norm, PositionEmbedding, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, side, out = r.size("hidden_size"), r.size("spatial_merge_size"), r.size("out_hidden_size")
    narrow, wide = 2 * hidden, side * side * hidden
    merger: tuple[tuple[Component, str], ...] = (
        (Norm(hidden), "rows"),
        (Convolution(input_channels=hidden, output_channels=narrow, kernel=(side, side), bias=True), "merged"),
        (Projection(input_size=narrow, output_size=wide, bias=True), "merged"),
        (LearnedTokens(hidden_size=wide), "merged"),
        (Projection(input_size=wide, output_size=out, bias=True), "broken"),
        (LearnedTokens(hidden_size=out, count=3), "tokens"),
        (Norm(out), "tokens"),
    )
    return merged(r, merger)


def merged(r: Reader, merger: tuple[tuple[Component, str], ...]) -> ModelSpec:
    """Return the encoder with a merger behind it, each part of which has the rows that it runs on."""
    across = r.size("max_image_size") // r.size("patch_size")
    positions = PositionEmbedding(positions=across * across + 1, hidden_size=r.size("hidden_size"))
    return encoder(
        r,
        full_attention(r),
        mlp(r, bias=True, gated=False),
        layer_norm(r),
        before=(patches(r), positions),
        after=tuple(part for part, _ in merger),
        after_rows=tuple(rows for _, rows in merger),
    )


DIALECT = Dialect(
    "hunyuan_vl_vision",
    read,
    {
        "hidden_size": 1152,
        "intermediate_size": 4304,
        "num_hidden_layers": 27,
        "num_attention_heads": 16,
        "num_key_value_heads": None,
        "num_channels": 3,
        "patch_size": 16,
        "spatial_merge_size": 2,
        "max_image_size": 2048,
        "out_hidden_size": 4096,
        "hidden_act": "gelu",
    },
    aliases={"attention_heads": "num_attention_heads"},
    costless={
        "interpolate_mode": "how positions are looked up between those of the table: no weights",
        **dict.fromkeys(
            ("img_max_token_num", "max_vit_seq_len", "min_image_size"), "how large pictures are: the processor's say"
        ),
        "temporal_patch_size": "the class cuts one frame into patches",
        "text_hidden_size": "the class reads out_hidden_size",
    },
)
