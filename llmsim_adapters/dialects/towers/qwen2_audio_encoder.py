"""Whisper's encoder of sound: two convolutions over frames, positions, BERT-like layers. `Qwen2AudioEncoderConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Convolution, PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, norm = r.size("hidden_size"), layer_norm(r)
    first = Convolution(input_channels=r.size("num_mel_bins"), output_channels=hidden, kernel=(3,), bias=True)
    second = replace(first, input_channels=hidden)
    positions = PositionEmbedding(positions=r.size("max_source_positions"), hidden_size=hidden)
    mixer = replace(full_attention(r), key_bias=False)
    feed_forward = mlp(r, bias=True, gated=False)
    before, rows = (first, second, positions), ("patches", "rows", "rows")
    return encoder(
        r,
        mixer,
        feed_forward,
        norm,
        before=before,
        after=(norm,),
        axis="frames",
        before_rows=rows,
        after_rows=("rows",),
    )


DIALECT = Dialect(
    "qwen2_audio_encoder",
    read,
    {
        "num_hidden_layers": 32,
        "hidden_size": 1280,
        "intermediate_size": 5120,
        "num_attention_heads": 20,
        "hidden_act": "gelu",
        "num_mel_bins": 128,
        "max_source_positions": 1500,
    },
    aliases={
        "encoder_layers": "num_hidden_layers",
        "encoder_attention_heads": "num_attention_heads",
        "encoder_ffn_dim": "intermediate_size",
    },
    costless={"encoder_layerdrop": "training only"},
)
