"""Qwen3-Omni's encoder of sound: three convolutions over frames and their features, BERT-like layers, two projections.

Positions are computed. Source: transformers `Qwen3OmniMoeAudioEncoderConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.sound import CONVOLVED_ROWS
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.towers import qwen2_audio_encoder
from llmsim_adapters.spec.components import Convolution, Projection
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, norm, channels = r.size("hidden_size"), layer_norm(r), r.size("downsample_hidden_size")
    first = Convolution(input_channels=1, output_channels=channels, kernel=(3, 3), bias=True)
    second = replace(first, input_channels=channels)
    features = ceil_div(r.size("num_mel_bins"), 8)
    before = (first, second, second, Projection(input_size=channels * features, output_size=hidden))
    out = Projection(input_size=hidden, output_size=hidden, bias=True)
    after = (norm, out, replace(out, output_size=r.size("output_dim")))
    feed_forward = mlp(r, bias=True, gated=False)
    return encoder(
        r,
        full_attention(r),
        feed_forward,
        norm,
        before=before,
        after=after,
        axis="frames",
        before_rows=CONVOLVED_ROWS,
    )


DIALECT = qwen2_audio_encoder.DIALECT.like(
    "qwen3_omni_moe_audio_encoder",
    read=read,
    costless={
        "conv_chunksize": "how many frames go through the convolutions at once",
        "max_source_positions": "positions are computed",
    },
    output_dim=3584,
    n_window=50,
    n_window_infer=800,
    downsample_hidden_size=480,
)
