"""DBRX: what describes attention and experts stands in objects of their own. Source: transformers `DbrxConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llmsim_adapters.dialects.assembly.components import activation, attention, computed_head_dim, mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    inner = r.nested("attn_config")
    kv_heads = 1
    if inner is not None:
        inner.mark(*_NO_KEYS)
        kv_heads = inner.size("kv_n_heads")
    r.agree("num_key_value_heads", kv_heads, "attn_config.kv_n_heads")
    computed_head_dim(r)
    return decoder(r, attention(r, kv_heads=kv_heads), _experts(r), norm=layer_norm(r, bias=False))


def _experts(r: Reader) -> MixtureOfExperts:
    ffn, act = r.nested("ffn_config"), None
    if ffn is not None:
        ffn.mark(*_NO_KEYS)
        ffn.no_effect(("hidden_size",), "the class replaces it by d_model")
        for name, key in _OF_EXPERTS.items():
            r.derive(name, ffn.size(key))
        inner = ffn.nested("ffn_act_fn")
        act = None if inner is None else activation(inner, "name")
    return replace(mixture_of_experts(r), activation=act or "silu")


_NO_KEYS = ("model_type", "architectures", "dtype")
_OF_EXPERTS = {
    "num_experts": "moe_num_experts",
    "num_experts_per_tok": "moe_top_k",
    "moe_intermediate_size": "ffn_hidden_size",
}
_INNER: Mapping[str, Any] = {
    "attn_config.kv_n_heads": 1,
    "ffn_config.moe_num_experts": 4,
    "ffn_config.moe_top_k": 1,
    "ffn_config.ffn_hidden_size": 3584,
}

DIALECT = llama.DIALECT.like(
    "dbrx",
    read=read,
    costless={
        "clip_qkv": "bounds the projected values: elementwise",
        "max_seq_len": "bounds the context; rotary positions have no table of weights",
        "emb_pdrop": "training only",
        "moe_jitter_eps": "training only",
        "moe_loss_weight": "training only",
        "moe_normalize_expert_weights": "how experts are weighted, not how many or how large they are",
        "move_model_to_device": "how the same network is executed by one library",
    },
    hidden_size=2048,
    num_hidden_layers=24,
    num_attention_heads=16,
    **_INNER,
)
