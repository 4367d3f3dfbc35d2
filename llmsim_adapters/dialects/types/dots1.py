"""dots.llm1: Qwen3's attention with experts after the first dense layers. Source: transformers `Dots1Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.patterns import after_dense, experts_where
from llmsim_adapters.dialects.types import llama, qwen3

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    if r.has("layer_types"):
        r.no_vote(("max_window_layers",), "layer_types", "which layers slide")
    first = r.count("max_window_layers")
    mixers = windowed(r, qwen3.normed_attention(r), [i >= first for i in range(layers(r))])
    feed_forward = experts_where(
        r, after_dense(r), lambda: mlp(r), lambda: mixture_of_experts(r, score_correction_bias="buffer")
    )
    return decoder(r, mixers, feed_forward)


DIALECT = llama.DIALECT.like(
    "dots1",
    read=read,
    vocab_size=152064,
    hidden_size=4608,
    intermediate_size=10944,
    num_hidden_layers=62,
    num_key_value_heads=32,
    sliding_window=4096,
    max_window_layers=62,
    num_experts=None,
    num_experts_per_tok=None,
    num_shared_experts=None,
    moe_intermediate_size=1408,
    first_k_dense_replace=0,
)
