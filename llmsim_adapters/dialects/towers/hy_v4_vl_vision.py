"""HY-V4's picture encoder: HunYuan-VL's with another merger. Source: transformers `HYV4VLVisionConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.towers import hunyuan_vl_vision
from llmsim_adapters.spec.components import Convolution, LearnedTokens, Norm, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, side, out = r.size("hidden_size"), r.size("spatial_merge_size"), r.size("out_hidden_size")
    wide = side * side * hidden
    return hunyuan_vl_vision.merged(
        r,
        (
            (Norm(hidden), "rows"),
            (Convolution(input_channels=hidden, output_channels=wide, kernel=(side, side), bias=True), "merged"),
            (Projection(input_size=wide, output_size=out, bias=True), "merged"),
            (LearnedTokens(hidden_size=out), "tokens"),
        ),
    )


DIALECT = hunyuan_vl_vision.DIALECT.like(
    "hy_v4_vl_vision",
    read=read,
    hidden_size=1536,
    intermediate_size=6144,
    num_hidden_layers=40,
    out_hidden_size=6144,
)
