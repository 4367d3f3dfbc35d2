"""Step 3: queries projected in two steps for one head of keys and values, and experts with one beside them.

Multi-matrix factorization attention (arXiv:2412.19255). Source: SGLang's `Step3TextConfig` and `step3_vl.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.patterns import experts_enumerated, experts_where
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.no_effect(("num_key_value_heads",), "the class has one head of keys and values")
    base = attention(r, kv_heads=1)
    mixer = replace(base, q_lora_rank=r.size_or("share_q_dim", lambda: base.head_dim))
    is_sparse = experts_enumerated(r) or [i > 0 for i in range(layers(r))]
    return decoder(r, mixer, experts_where(r, is_sparse, lambda: mlp(r), lambda: _experts(r)))


def _experts(r: Reader) -> MixtureOfExperts:
    return replace(mixture_of_experts(r), shared=mlp(r, width=r.size("share_expert_dim")))


DIALECT = replace(
    Dialect(
        "step3_text",
        read,
        classes=("Step3TextForCausalLM",),
        defaults={
            "vocab_size": 128815,
            "hidden_size": 7168,
            "intermediate_size": 18432,
            "num_hidden_layers": 61,
            "num_attention_heads": 64,
            "head_dim": 256,
            "share_q_dim": 2048,
            "hidden_act": "silu",
            "moe_layers_enum": ",".join(map(str, range(4, 60))),
            "num_experts": 48,
            "num_experts_per_tok": 3,
            "num_shared_experts": 0,
            "moe_intermediate_size": 5120,
            "share_expert_dim": 5120,
            "tie_word_embeddings": False,
        },
        aliases={
            "moe_num_experts": "num_experts",
            "moe_top_k": "num_experts_per_tok",
            "num_attention_groups": "num_key_value_heads",
        },
        costless={
            **dict.fromkeys(("max_position_embedding", "max_seq_len"), "how many positions there are: no table"),
            "norm_expert_weight": "how experts are weighted",
        },
    ),
    ties="never",
)
