"""LongCat-Flash: two attentions and networks a layer, a mixture beside the first, experts that do nothing.

Source: transformers `LongcatFlashConfig`, which counts halves of layers as `num_hidden_layers`, and of whose experts
those without any weights cost nothing (arXiv:2509.01322); the published keys beside it are SGLang's `FLASHConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.types import deepseek_v3
from llmsim_adapters.spec.components import MixtureOfExperts

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, Norm
    from llmsim_adapters.spec.model import ModelSpec, Sublayer


def read(r: Reader) -> ModelSpec:
    if r.text("zero_expert_type") != "identity":
        r.not_modelled("zero_expert_type")
    halves = 2 * r.size("num_double_layers")
    r.agree("num_hidden_layers", halves, "twice num_layers")
    r.derive("num_hidden_layers", halves)
    attention, dense = latent_attention(r, bias=r.flag("attention_bias")), mlp(r)
    experts = mixture_of_experts(r, score_correction_bias="buffer")
    experts = replace(experts, router_bias=r.flag("router_bias"), identity_experts=r.count("zero_expert_num"))

    def layout(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
        attend, feed = pre_norm(mixer, feed_forward, norm)
        beside = (feed_forward, dense) if isinstance(feed_forward, MixtureOfExperts) else (feed_forward,)
        return attend, replace(feed, mixers=beside)

    mtp = next_token_stack(r, prediction_modules(r), attention, dense)
    return decoder(r, attention, (experts, dense), layout=layout, mtp=mtp)


DIALECT = deepseek_v3.DIALECT.like(
    "longcat_flash",
    read=read,
    aliases={"num_layers": "num_double_layers", "expert_ffn_hidden_size": "moe_intermediate_size"},
    note="experts that do nothing have no weights here, as in published totals: transformers' class allocates rows for "
    "them, which no token uses",
    costless=dict.fromkeys(("mla_scale_q_lora", "mla_scale_kv_lora"), "whether latents are scaled: elementwise"),
    vocab_size=131072,
    hidden_size=6144,
    intermediate_size=12288,
    num_double_layers=28,
    num_attention_heads=64,
    num_key_value_heads=None,
    num_experts=512,
    num_experts_per_tok=12,
    num_shared_experts=0,
    num_nextn_predict_layers=0,
    zero_expert_num=256,
    zero_expert_type="identity",
)
