"""Voxtral Realtime's encoder of sound: causal convolutions and layers with a window.

Source: transformers `VoxtralRealtimeEncoderConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.tower import encoder
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Convolution, Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, heads = r.size("hidden_size"), r.size("num_attention_heads")
    r.agree("num_key_value_heads", heads, "another name of the class for num_attention_heads")
    first = Convolution(input_channels=r.size("num_mel_bins"), output_channels=hidden, kernel=(3,), bias=True, keeps=2)
    second = replace(first, input_channels=hidden, keeps=1)  # whose stride is 2
    mixer = replace(
        attention(r, bias=True, o_bias=True, kv_heads=heads), key_bias=False, window=r.optional_size("sliding_window")
    )
    norm = Norm(hidden)
    return encoder(
        r,
        mixer,
        replace(mlp(r), output_bias=True),
        norm,
        before=(first, second),
        after=(norm,),
        axis="frames",
        before_rows=("patches", "rows"),
        after_rows=("rows",),
    )


DIALECT = Dialect(
    "voxtral_realtime_encoder",
    read,
    {
        "num_hidden_layers": 32,
        "hidden_size": 1280,
        "intermediate_size": 5120,
        "num_attention_heads": 32,
        "head_dim": 64,
        "hidden_act": "silu",
        "num_mel_bins": 128,
        "sliding_window": 750,
    },
    aliases={
        "encoder_layers": "num_hidden_layers",
        "encoder_attention_heads": "num_attention_heads",
        "encoder_ffn_dim": "intermediate_size",
    },
    costless={
        "activation_function": "the class makes it and does not run it",
        "encoder_layerdrop": "training only",
        "vocab_size": "the class does not read it: an encoder of sound has no table of tokens",
    },
)
