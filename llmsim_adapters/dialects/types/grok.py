"""Grok 1 and 2: experts, four norms a layer, capped logits; Grok 2 has a dense network beside the experts.

Source: SGLang's `grok.py`. Published configs say that they are of other types, so that the architecture names this one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    if not r.has("moe_intermediate_size"):
        r.derive("moe_intermediate_size", r.size("intermediate_size"))
    experts = mixture_of_experts(r)
    if r.flag("residual_moe"):
        experts = replace(experts, shared=mlp(r))
    else:
        r.no_effect(("intermediate_size",), "no layer has a dense feed-forward network")
    cap = r.number("attn_logit_softcapping", least=0)
    return decoder(
        r,
        attention(r, softcap=cap or None),
        experts,
        layout=sandwich_norm,
        softcap=r.number("final_logit_softcapping", least=0) or None,
    )


DIALECT = Dialect(
    "grok",
    read,
    defaults={
        "num_key_value_heads": None,
        "head_dim": 128,
        "hidden_act": "gelu",
        "num_shared_experts": 0,
        "residual_moe": False,
        "attn_logit_softcapping": 30.0,
        "final_logit_softcapping": 0.0,
        "tie_word_embeddings": False,
    },
    costless={
        **dict.fromkeys(
            ("embedding_multiplier_scale", "output_multiplier_scale", "attn_temperature_len"), "a factor: elementwise"
        ),
        "router_logit_softcapping": "a bound of the router's scores: elementwise",
        **dict.fromkeys(
            ("load_presharded_attn", "load_presharded_embedding", "load_presharded_mlp", "load_presharded_moe"),
            "how the checkpoint's files are cut",
        ),
        "merge_gate_up": "how one library stores the matrices of a network",
    },
    classes=("Grok1ForCausalLM", "Grok1ModelForCausalLM"),
)
