"""Qwen3-Omni's predictor of the further codes of a frame, each with a table and a head of its own: Qwen3's layers.

Source: transformers `Qwen3OmniMoeTalkerCodePredictorConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.tower import encoder
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.towers.qwen3_omni_moe_talker_text import WINDOWS
from llmsim_adapters.spec.components import Norm, PositionEmbedding, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, codes, further = r.size("hidden_size"), r.size("vocab_size"), int(r.size("num_code_groups")) - 1
    mixer, norm = replace(attention(r, bias=r.flag("attention_bias"), qk_norm=True), cached=False), Norm(hidden)
    table, head = (
        PositionEmbedding(positions=codes, hidden_size=hidden),
        Projection(input_size=hidden, output_size=codes),
    )
    after = (norm, *(head,) * further)
    return encoder(r, mixer, mlp(r), norm, before=(table,) * further, after=after, axis="codes")


DIALECT = Dialect(
    "qwen3_omni_moe_talker_code_predictor",
    read,
    {
        "vocab_size": 2048,
        "hidden_size": 1024,
        "intermediate_size": 3072,
        "num_hidden_layers": 5,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "hidden_act": "silu",
        "attention_bias": False,
        "num_code_groups": 32,
    },
    costless=WINDOWS,
)
