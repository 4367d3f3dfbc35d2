"""Hunyuan MoE: Hunyuan's attention with experts and a shared one of the same width. Source: `HunYuanMoEV1Config`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.types import hunyuan_v1_dense

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.size("head_dim")  # has to be given: the class neither has a default nor derives it
    _published(r)
    return decoder(r, attention(r, bias=r.flag("attention_bias"), qk_norm=True), _experts(r))


def _published(r: Reader) -> None:
    """Read what the published configs say beside the class, and note what differs from the class."""
    for name, value in _ONLY.items():
        r.only(name, value)
    r.no_effect(("cla_share_factor",), "use_cla is false")
    r.no_effect(_OF_LATENT_ATTENTION, "use_mla is false")
    if r.count("moe_layer_num_skipped"):
        r.not_modelled("moe_layer_num_skipped")
    if r.text("vit_type") is not None:
        r.not_modelled("vision_tower")


def _experts(r: Reader) -> list[MixtureOfExperts]:
    """Layers may differ in how many experts a token goes to; lists of the rest have to say one thing."""
    top_k = r.sizes("num_experts_per_tok", layers(r))
    experts = mixture_of_experts(r)
    for name, usual in (("expert_widths", experts.moe_intermediate_size), ("shared_experts", 1)):
        if r.has(name):
            same = all(value == usual for value in r.sizes(name, layers(r)))
            r.check(name, same, f"is not {int(usual)} in every layer")
            r.no_effect((name,), "the class has one shape for all layers")
    of = {int(k): replace(experts, num_experts_per_tok=k) for k in top_k}
    return [of[int(k)] for k in top_k]


_ONLY: Final[dict[str, Any]] = {
    "qk_norm": True,
    "use_rotary_pos_emb": True,
    "use_mixed_mlp_moe": True,
    "use_mla": False,
    "use_cla": False,
    "mlp_bias": False,
    "add_classification_head": False,
}
_OF_LATENT_ATTENTION: Final = ("q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim")
_OF_VISION: Final = (
    "anyres_pooling_size",
    "anyres_vit_max_image_size",
    "anyres_vit_two_views",
    "num_media_embeds",
    "skip_cls_token",
    "vit_add_patchemb_bias",
    "vit_input_resolution",
    "vit_mapping_type",
    "vit_norm_type",
    "vit_patch",
    "vit_path",
    "vit_remove_prenorm",
    "vit_token",
    "vit_used_rms_norm",
)
_OF_ROUTING: Final = ("group_limited_greedy", "moe_drop_tokens", "moe_random_routing_dropped_token")

DIALECT = hunyuan_v1_dense.DIALECT.like(
    "hunyuan_v1_moe",
    read=read,
    classes=("HunYuanMoEV1ForCausalLM",),
    aliases={
        "intermediate_size": "moe_intermediate_size",
        "moe_intermediate_size": "expert_widths",
        "num_shared_expert": "shared_experts",
    },
    costless={
        **dict.fromkeys(("eod_token_id", "video_start_id", "video_end_id"), "token ids"),
        **dict.fromkeys(_OF_VISION, "of a vision tower; vit_type says whether there is one"),
        **dict.fromkeys(_OF_ROUTING, "how experts are chosen, not how many or how large they are"),
        **dict.fromkeys(
            ("position_embedding_xdrope", "xdrope_section"),
            "rotation angles of rotary embeddings: tables that are computed, elementwise",
        ),
    },
    **_ONLY,
    moe_intermediate_size=11008,
    num_experts=1,
    num_experts_per_tok=1,
    num_shared_experts=1,
)
