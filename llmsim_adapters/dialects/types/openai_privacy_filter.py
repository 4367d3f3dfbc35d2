"""OpenAI's privacy filter: gpt-oss as an encoder that sees windows on both sides. Source: its `transformers` config."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.options import with_sinks
from llmsim_adapters.dialects.types import gpt_oss

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    base = with_sinks(attention(r, bias=r.flag("attention_bias"), causal=False))
    window = r.size("sliding_window") + 1  # as many tokens on either side
    experts = replace(mixture_of_experts(r), router_bias=True, expert_bias=True)
    return decoder(r, replace(base, window=window, cached=False), experts)


DIALECT = gpt_oss.DIALECT.like(
    "openai_privacy_filter",
    read=read,
    vocab_size=200064,
    hidden_size=640,
    intermediate_size=640,
    num_hidden_layers=8,
    num_attention_heads=14,
    num_key_value_heads=2,
    num_experts=128,
)
