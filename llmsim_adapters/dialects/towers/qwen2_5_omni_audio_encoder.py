"""Qwen2.5-Omni's encoder of sound: Whisper's layers within windows, pairs of whose results are projected.

Positions are computed. Source: transformers `Qwen2_5OmniAudioEncoderConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.towers import qwen2_audio_encoder
from llmsim_adapters.spec.components import Convolution, LearnedTokens, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, norm, out = r.size("hidden_size"), layer_norm(r), r.size("output_dim")
    first = Convolution(input_channels=r.size("num_mel_bins"), output_channels=hidden, kernel=(3,), bias=True)
    around = LearnedTokens(hidden_size=out, count=2)  # where sound begins and ends
    return encoder(
        r,
        replace(full_attention(r), key_bias=False),
        mlp(r, bias=True, gated=False),
        norm,
        before=(first, replace(first, input_channels=hidden)),
        after=(around, norm, Projection(input_size=hidden, output_size=out, bias=True)),
        axis="frames",
        before_rows=("convolved_1", "convolved_2"),
        after_rows=("tokens",) * 3,
    )


DIALECT = qwen2_audio_encoder.DIALECT.like(
    "qwen2_5_omni_audio_encoder",
    read=read,
    costless={"max_source_positions": "positions are computed"},
    output_dim=3584,
    n_window=100,
)
