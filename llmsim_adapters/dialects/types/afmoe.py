"""AFMoE (Trinity): gated attention, norms around every mixer, a few dense layers first. Source: `AfmoeConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.assembly.patterns import after_dense, experts_where, rotated_where_sliding, window_pattern
from llmsim_adapters.dialects.types import llama, qwen3

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    base = qwen3.normed_attention(r)
    with_gate = gated(base)
    experts = experts_where(
        r, after_dense(r), lambda: mlp(r), lambda: mixture_of_experts(r, score_correction_bias="parameter")
    )
    return decoder(r, rotated_where_sliding(window_pattern(r, with_gate)), experts, layout=sandwich_norm)


DIALECT = llama.DIALECT.like(
    "afmoe",
    read=read,
    aliases={
        "num_dense_layers": "first_k_dense_replace",
        "global_attn_every_n_layers": "sliding_window_pattern",
    },
    costless={
        "mup_enabled": "a factor on the embeddings: elementwise",
        **dict.fromkeys(
            ("route_scale", "route_norm", "score_func", "num_expert_groups", "num_limited_groups"),
            "how experts are chosen and weighted, not how many or how large they are",
        ),
        "load_balance_coeff": "training only",
        "use_grouped_mm": "how the same network is executed by one library",
    },
    vocab_size=200192,
    hidden_size=2048,
    intermediate_size=6144,
    num_attention_heads=16,
    head_dim=128,
    sliding_window=1024,
    sliding_window_pattern=4,
    num_experts=64,
    num_experts_per_tok=6,
    num_shared_experts=2,
    moe_intermediate_size=1408,
    first_k_dense_replace=1,
)
