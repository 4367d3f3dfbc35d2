"""MiniMax-M2: norms over all query and key heads, a router with a correction bias. Source: `MiniMaxM2Config`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.patterns import layer_flags
from llmsim_adapters.dialects.types import mixtral, olmo2

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = olmo2.normed_attention(r)
    turned = r.optional_size("rotary_dim")
    if turned is not None:
        mixer = replace(mixer, rotary_fraction=turned / mixer.head_dim)
    _published(r)
    return decoder(r, mixer, mixture_of_experts(r, score_correction_bias="buffer"))


def _published(r: Reader) -> None:
    """Read what the published configs say beside the class, and note what differs from the class."""
    r.only("qk_norm", True)
    r.only("use_routing_bias", True)
    if not all(layer_flags(r, "attn_type_list") or ()):
        r.not_modelled("lightning_attention")
    if r.count("shared_expert_intermediate_size"):
        r.not_modelled("shared_experts")
    if r.optional_size("sliding_window") is not None:
        r.not_modelled("sliding_window")
    r.no_effect(
        ("use_mtp", "num_nextn_predict_layers"), "the published files are as large as the model without modules"
    )


DIALECT = mixtral.DIALECT.like(
    "minimax_m2",
    read=read,
    aliases={
        "num_mtp_modules": "num_nextn_predict_layers",
        "shared_intermediate_size": "shared_expert_intermediate_size",
    },
    costless={
        "qk_norm_type": "the norms are over all heads of a layer, as in the class",
        "mtp_transformer_layers": "of multi-token prediction, whose modules are not in the published files",
        "mlp_intermediate_size": "no layer has a dense feed-forward network",
        "shared_moe_mode": "how experts are weighted, not how many or how large they are",
        **dict.fromkeys(
            ("layernorm_full_attention_beta", "layernorm_linear_attention_beta", "layernorm_mlp_beta"),
            "a factor on a result: elementwise",
        ),
    },
    qk_norm=True,
    use_routing_bias=True,
    vocab_size=200064,
    hidden_size=3072,
    num_hidden_layers=62,
    num_attention_heads=48,
    num_key_value_heads=8,
    head_dim=128,
    attention_bias=False,
    moe_intermediate_size=1536,
    num_experts=256,
    num_experts_per_tok=8,
)
