"""GLM-ASR's encoder of sound: Whisper's convolutions, and layers with rotary positions.

Source: `GlmAsrEncoderConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Convolution

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, norm = r.size("hidden_size"), layer_norm(r)
    first = Convolution(input_channels=r.size("num_mel_bins"), output_channels=hidden, kernel=(3,), bias=True)
    mixer = replace(full_attention(r), key_bias=False, rotary_fraction=1.0)
    return encoder(
        r,
        mixer,
        mlp(r, bias=True, gated=False),
        norm,
        before=(first, replace(first, input_channels=hidden)),
        after=(norm,),
        axis="frames",
        before_rows=("patches", "rows"),
        after_rows=("rows",),
    )


DIALECT = Dialect(
    "glmasr_encoder",
    read,
    {
        "num_hidden_layers": 32,
        "hidden_size": 1280,
        "intermediate_size": 5120,
        "num_attention_heads": 20,
        "num_key_value_heads": None,
        "hidden_act": "gelu",
        "num_mel_bins": 128,
        "max_source_positions": 1500,
    },
    aliases={"max_position_embeddings": "max_source_positions"},
)
