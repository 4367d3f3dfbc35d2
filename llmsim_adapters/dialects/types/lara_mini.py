"""Lara 4 Mini: gated delta nets, sliding layers with rotary positions, full ones without; experts in every layer.

Source: transformers `LaraMiniConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention
from llmsim_adapters.dialects.assembly.decoder import FULL, SLIDING, decoder, layers
from llmsim_adapters.dialects.assembly.linear_attention import gated_delta_net
from llmsim_adapters.dialects.assembly.recurrent import LINEAR, by_name
from llmsim_adapters.dialects.types import flint, qwen3_next

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_PERIOD = (LINEAR, SLIDING, LINEAR, FULL, SLIDING)


def read(r: Reader) -> ModelSpec:
    base = attention(r, bias=r.flag("attention_bias"), qk_norm=True)
    parts = {
        LINEAR: gated_delta_net(r),
        SLIDING: replace(base, window=r.size("sliding_window")),
        FULL: replace(base, rotary_fraction=0.0),
    }
    usual = [_PERIOD[i % len(_PERIOD)] for i in range(layers(r))]
    return decoder(r, by_name(r, parts, usual), flint.experts(r))


DIALECT = qwen3_next.DIALECT.like(
    "lara_mini",
    read=read,
    vocab_size=151936,
    hidden_size=1024,
    num_hidden_layers=34,
    num_key_value_heads=4,
    head_dim=128,
    sliding_window=512,
    linear_num_key_heads=8,
    linear_num_value_heads=16,
    num_experts=128,
    num_experts_per_tok=4,
    tie_word_embeddings=True,
)
