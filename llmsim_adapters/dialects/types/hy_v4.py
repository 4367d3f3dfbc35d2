"""Hy 4: GLM-5 with hyper-connections, attention sinks and an output gate. Source: transformers `HYV4Config`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.hyper_connections import hyper_connected
from llmsim_adapters.dialects.assembly.options import gated, with_sinks
from llmsim_adapters.dialects.assembly.patterns import experts_where, mlp_layer_types
from llmsim_adapters.dialects.assembly.sparse_attention import indexer_types
from llmsim_adapters.dialects.types import deepseek_v32

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.no_effect(("layer_types",), "every layer attends to chosen tokens")
    count = layers(r)
    attention = latent_attention(r, bias=r.flag("attention_bias"))
    attention = gated(with_sinks(attention))
    mixers = indexer_types(r, attention, [i == 0 or (i - 1) % 4 == 0 for i in range(count)])
    is_sparse = mlp_layer_types(r, lambda: [i > 0 for i in range(count)])
    sparse = mixture_of_experts(r, score_correction_bias="buffer")
    experts = experts_where(r, is_sparse, lambda: mlp(r), lambda: sparse)
    mtp = next_token_stack(r, prediction_modules(r), mixers[0] if isinstance(mixers, list) else mixers, sparse)
    spec = hyper_connected(r, decoder(r, mixers, experts), mixes=False)
    return spec if mtp is None else replace(spec, stacks=(*spec.stacks, mtp))


DIALECT = deepseek_v32.DIALECT.like(
    "hy_v4",
    read=read,
    costless={
        **dict.fromkeys(("hc_eps", "hc_magnitude", "swiglu_limit"), "scales and bounds: elementwise"),
        "learnable_sink_init": "initial values of the sinks: training only",
    },
    vocab_size=120832,
    hidden_size=2816,
    intermediate_size=6912,
    num_hidden_layers=34,
    num_attention_heads=32,
    num_key_value_heads=32,
    moe_intermediate_size=768,
    qk_nope_head_dim=192,
    v_head_dim=256,
    index_n_heads=16,
    indexer_types=None,
    hc_mult=4,
)
