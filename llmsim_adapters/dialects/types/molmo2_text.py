"""Molmo 2's language model: Qwen 3's layers or OLMo 2's, with more embeddings than logits.

Source: transformers `Molmo2TextConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import post_norm, pre_norm
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Embedding, Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("qk_norm", True)
    of_heads = (r.word("qk_norm_type", ("qwen3", "olmo")) or "qwen3") == "qwen3"
    mixer = attention(r, bias=r.flag("attention_bias"), o_bias=False)
    queries, keys = (heads * mixer.head_dim for heads in (mixer.num_attention_heads, mixer.num_key_value_heads))
    norms = (mixer.head_dim, mixer.head_dim) if of_heads else (queries, keys)
    mixer = replace(mixer, q_norm=Norm(norms[0]), k_norm=Norm(norms[1]))
    spec = decoder(r, mixer, mlp(r), layout=post_norm if r.flag("norm_after") else pre_norm)
    further = r.count("additional_vocab_size")
    return spec.transform(Embedding, lambda table: replace(table, vocab_size=table.vocab_size + further))


DIALECT = llama.DIALECT.like(
    "molmo2_text",
    read=read,
    classes=("Molmo2ForConditionalGeneration",),
    aliases={"qkv_bias": "attention_bias"},
    costless={"rope_scaling_layers": "which layers scale their positions: elementwise"},
    vocab_size=151936,
    additional_vocab_size=128,
    intermediate_size=12288,
    num_hidden_layers=36,
    num_key_value_heads=8,
    head_dim=128,
    qk_norm_type="qwen3",
    qk_norm=True,
    norm_after=False,
    ties="never",
)
