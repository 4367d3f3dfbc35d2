"""Beam: gated attention, norms around every mixer, windows in all but every sixth and the last layer.

Source: transformers `BeamConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.assembly.patterns import (
    after_dense,
    experts_where,
    mlp_layer_types,
    rotated_where_sliding,
)
from llmsim_adapters.dialects.types import llama, qwen3

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    base, count = qwen3.normed_attention(r), layers(r)
    with_gate = gated(base, head_biases=True)
    mixers = windowed(r, with_gate, [(i + 1) % 6 != 0 and i + 1 < count for i in range(count)])
    is_sparse = mlp_layer_types(r, lambda: after_dense(r))
    feed_forward = experts_where(
        r, is_sparse, lambda: mlp(r), lambda: mixture_of_experts(r, score_correction_bias="buffer")
    )
    softcap = r.number("final_logit_softcapping", least=0)
    return decoder(r, rotated_where_sliding(mixers), feed_forward, layout=sandwich_norm, softcap=softcap)


DIALECT = llama.DIALECT.like(
    "beam",
    read=read,
    vocab_size=151936,
    hidden_size=5120,
    intermediate_size=20480,
    num_hidden_layers=52,
    num_attention_heads=48,
    num_key_value_heads=8,
    head_dim=128,
    sliding_window=512,
    final_logit_softcapping=30.0,
    num_experts=256,
    num_experts_per_tok=8,
    moe_intermediate_size=2560,
    first_k_dense_replace=3,
)
