"""MiMo-V2-Flash: sliding layers with twice the key/value heads, and sinks. Source: `MiMoV2FlashConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, next_token_stack, prediction_modules, windowed
from llmsim_adapters.dialects.assembly.options import with_sinks
from llmsim_adapters.dialects.assembly.patterns import after_dense, experts_where, layer_flags, mlp_layer_types
from llmsim_adapters.dialects.types import glm4_moe

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("add_full_attention_sink_bias", False)
    base = attention(r, bias=r.flag("attention_bias"), o_bias=False, rotary_fraction=0.334)
    base = replace(base, value_head_dim=r.size("v_head_dim"))
    is_sparse = mlp_layer_types(r, lambda: layer_flags(r, "moe_layer_freq") or after_dense(r))
    experts = experts_where(r, is_sparse, lambda: mlp(r), lambda: mixture_of_experts(r, score_correction_bias="buffer"))
    narrow, mixers = _mixers(r, base)
    mtp = next_token_stack(r, prediction_modules(r), narrow, mlp(r)) if r.predicts_alone else None
    return decoder(r, mixers, experts, mtp=mtp)


def _mixers(r: Reader, base: Attention) -> tuple[Attention, list[Attention]]:
    """The first and every sixth layer attend to all tokens; the others slide, with more heads and sinks.

    Return the sliding one, which a prediction module has too (SGLang's `mimo_v2_nextn.py`), and that of each layer.
    """
    if r.has("earlier_in_window"):
        r.no_effect(("sliding_window",), "sliding_window_size says how many earlier tokens are in the window")
        r.derive("sliding_window", r.size("earlier_in_window") + 1)
    if r.has("layer_types"):
        r.no_vote(("hybrid_layer_pattern",), "layer_types", "which layers slide")
    slides = layer_flags(r, "hybrid_layer_pattern") or [i > 0 and (i + 1) % 6 != 0 for i in range(layers(r))]
    wide = replace(base, num_key_value_heads=2 * base.num_key_value_heads)
    if r.flag("add_swa_attention_sink_bias"):
        wide = with_sinks(wide)
    mixers = windowed(r, wide, slides)
    for name, value in (
        ("num_attention_heads", base.num_attention_heads),
        ("num_key_value_heads", wide.num_key_value_heads),
        ("head_dim", base.head_dim),
        ("v_head_dim", base.value_head_dim or base.head_dim),
    ):
        r.agree(f"swa_{name}", value, "sliding layers differ in key/value heads only, of which they have twice as many")
    each = mixers if isinstance(mixers, list) else [mixers]
    narrow = next((mixer for mixer in each if mixer.window is not None), wide)
    return narrow, [base if mixer.window is None else mixer for mixer in each]


DIALECT = glm4_moe.DIALECT.like(
    "mimo_v2_flash",
    read=read,
    classes=("MiMoV2MTP",),
    aliases={"sliding_window_size": "earlier_in_window"},
    neutral={"moe_router_dtype": "float32"},
    costless={
        "attention_value_scale": "a factor on the values: elementwise",
        "attention_chunk_size": "no layer attends in chunks",
        "hybrid_block_size": "hybrid_layer_pattern, or the type, says which layers slide",
        "swa_rope_theta": "rotation angles of sliding layers: tables that are computed, elementwise",
    },
    add_swa_attention_sink_bias=True,
    add_full_attention_sink_bias=False,
    vocab_size=152576,
    intermediate_size=16384,
    num_hidden_layers=48,
    num_attention_heads=64,
    num_key_value_heads=4,
    head_dim=192,
    v_head_dim=128,
    sliding_window=129,
    num_experts=256,
    num_shared_experts=0,
    moe_intermediate_size=2048,
    num_nextn_predict_layers=0,
)
