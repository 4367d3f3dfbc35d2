"""GPT-Neo: every other layer attends locally; only the attention's output has a bias. Source: `GPTNeoConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic, four_times_wide, unrotated_attention
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.patterns import attention_types
from llmsim_adapters.dialects.types import gpt2

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = replace(unrotated_attention(r, bias=False), o_bias=True)
    return classic(r, attention_types(r, mixer), width=four_times_wide(r), inputs=(learned_positions(r),))


DIALECT = gpt2.DIALECT.like(
    "gpt_neo",
    read=read,
    max_position_embeddings=2048,
    hidden_size=2048,
    num_hidden_layers=24,
    num_attention_heads=16,
    attention_types=None,
    sliding_window=256,
    aliases={"window_size": "sliding_window"},
)
