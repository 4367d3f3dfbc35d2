"""xLLM: Llama, or with gates and values that experts project (MoVA) after as many dense layers, and experts.

Source: SGLang's `xllm.py`, whose configuration class has no defaults. What it refuses to load is no part of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.options import gated, with_options
from llmsim_adapters.dialects.assembly.patterns import experts_where, sparse_layers
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import RoutedValues

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec

_OF_ROUTED: Final = ("num_values_per_tok", "num_dense_layers", "apply_attn_gate", "attn_gate_func")


def read(r: Reader) -> ModelSpec:
    for name in ("query_key_norm", "use_sliding_window"):
        r.only(name, False)
    r.no_effect(("sliding_window",), "attention is to all tokens")
    if r.count("num_experts"):
        networks = experts_where(r, sparse_layers(r), lambda: mlp(r), lambda: _experts(r))
    else:
        unused = ("mlp_only_layers", "decoder_sparse_step", "moe_gate_bias", "num_experts_per_tok")
        r.no_effect((*unused, "moe_intermediate_size", "num_shared_experts"), "there are no experts")
        networks = mlp(r)
    return decoder(r, _mixers(r), networks)


def _mixers(r: Reader) -> Attention | list[Attention]:
    values = r.count("num_values")
    if not values:
        r.no_effect(_OF_ROUTED, "there are no routed values")
        return attention(r, bias=r.flag("attention_bias"))
    r.only("attention_bias", False)
    r.only("apply_attn_gate", True)
    r.no_effect(("attn_gate_func",), "an activation: elementwise")
    base = gated(attention(r))
    top_k, first = r.size("num_values_per_tok"), r.count("num_dense_layers")
    r.check(
        "num_values_per_tok", top_k <= values, lambda: f"is {int(top_k)}, more than there are values ({int(values)})"
    )
    routed = RoutedValues(
        input_size=base.hidden_size,
        num_values=values,
        num_values_per_tok=top_k,
        value_channels=base.num_key_value_heads * base.head_dim,
        score_correction_bias=r.flag("moe_gate_bias"),
    )
    sparse = with_options(base, routed)
    return [base if i < first else sparse for i in range(layers(r))]


def _experts(r: Reader) -> MixtureOfExperts:
    return mixture_of_experts(r, score_correction_bias="parameter" if r.flag("moe_gate_bias") else None)


DIALECT = llama.DIALECT.like(
    "xllm",
    read=read,
    classes=("XllmForCausalLM",),
    aliases={"num_dense_layers": "num_dense_layers", "num_experts_per_tok": "num_experts_per_tok"},
    costless={
        "layernorm_num_groups": "how many groups of features are normalised apart, with as many gains: elementwise",
        "rope_head_dim": "how much of each head is rotated: elementwise",
        "router_score_func": "how experts are chosen and weighted, not how many or how large they are",
        "router_scaling_factor": "how experts are weighted",
        "xllm_source_router_gemm_partitions": "in how many parts a router's sums are rounded",
    },
    num_experts=0,
    num_experts_per_tok=0,
    num_shared_experts=0,
    moe_gate_bias=False,
    mlp_only_layers=None,
    decoder_sparse_step=1,
    num_values=0,
    num_dense_layers=0,
    apply_attn_gate=False,
    query_key_norm=False,
    use_sliding_window=False,
)
