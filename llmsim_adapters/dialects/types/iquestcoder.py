"""IQuest-Coder: Llama, with keys for windows that no checkpoint uses. Source: transformers `IQuestCoderConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("use_sliding_window", False)
    r.no_effect(("sliding_window", "max_window_layers"), "use_sliding_window is false")
    return llama.read(r)


DIALECT = llama.DIALECT.like(
    "iquestcoder",
    read=read,
    classes=("LlamaForCausalLM",),
    vocab_size=76800,
    hidden_size=5120,
    intermediate_size=27648,
    num_hidden_layers=80,
    num_attention_heads=40,
    num_key_value_heads=8,
    head_dim=128,
    costless={"clip_qkv": "bounds queries, keys and values: elementwise"},
)
