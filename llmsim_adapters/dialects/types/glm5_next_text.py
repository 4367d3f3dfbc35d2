"""GLM-5.3 Flash: Kimi's delta attention, latent attention to chosen pools of tokens, hyper-connections.

`mhc` is a key of SGLang's class, whose default is false; transformers' has hyper-connections always, and is followed
where a config doesn't say it. Source: transformers `Glm5NextTextConfig`; its prediction module, SGLang's
`glm5_next_nextn.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.hyper_connections import hyper_connected
from llmsim_adapters.dialects.assembly.linear_attention import LATENT_PARAMETERS, kimi_delta_attention, linear_or_full
from llmsim_adapters.dialects.assembly.patterns import experts_where, mlp_layer_types
from llmsim_adapters.dialects.assembly.sparse_attention import INDEXER_PARAMETERS, chosen_tokens, indexer_schedule
from llmsim_adapters.dialects.types import glm_moe_dsa

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, KimiDeltaAttention, LatentAttention
    from llmsim_adapters.spec.model import ModelSpec

_LINEAR: Final = {
    "linear_num_heads": "num_heads",
    "linear_head_dim": "head_dim",
    "linear_conv_kernel_dim": "short_conv_kernel_size",
}
_CHOICE: Final = (*INDEXER_PARAMETERS, "index_kpool", "index_kpool_always_select_tail", "indexer_types")


def read(r: Reader) -> ModelSpec:
    is_sparse = mlp_layer_types(r, lambda: [i >= 3 for i in range(layers(r))])
    sparse = mixture_of_experts(r, score_correction_bias="buffer")
    networks = experts_where(r, is_sparse, lambda: mlp(r), lambda: sparse)
    chooses = _indexed(r)
    modules = prediction_modules(r)
    mixers = _mixers(r, chooses, modules)
    spec = decoder(r, mixers, networks)
    if r.flag("mhc"):
        spec = hyper_connected(r, spec, mixes=True, weighs=False)
    else:
        r.no_effect(("hc_mult",), "mhc is false")
    mtp = next_token_stack(r, modules, chooses, sparse)
    return spec if mtp is None else replace(spec, stacks=(*spec.stacks, mtp))


def _mixers(r: Reader, chooses: LatentAttention, modules: int) -> list[Component]:
    """Read each layer's mixer; a layer may attend to what the last one before that attends has chosen.

    Modules that predict further tokens choose by themselves, too, and have one stream.
    """
    takes = replace(chooses, indexer=None)
    made = linear_or_full(
        r,
        lambda: _linear(r),
        lambda: chooses,
        lambda: [i % 4 == 3 for i in range(layers(r))],
        linear_parameters=tuple(_LINEAR),
        full_parameters=() if modules else ("num_attention_heads", "head_dim", *LATENT_PARAMETERS, *_CHOICE),
        names=("indexed_attention", "full_attention"),
    )
    mixers = made if isinstance(made, list) else [made] * int(layers(r))
    own = _own(r)
    return [takes if mixer is chooses and not own[i] else mixer for i, mixer in enumerate(mixers)]


def _own(r: Reader) -> list[bool]:
    """Read which layers choose by an indexer of their own."""
    kinds = r.words("indexer_types", ("full", "shared"), layers(r))
    schedule = indexer_schedule(r)
    return schedule if kinds is None else [kind == "full" for kind in kinds]


def _linear(r: Reader) -> KimiDeltaAttention:
    inner = r.nested("linear_attn_config", rest_costless=True)
    for name, key in _LINEAR.items():
        if inner is not None and inner.has(key):
            r.overruled(name, inner.said(key), f"linear_attn_config.{key}")
            r.derive(name, inner.size(key))
    return kimi_delta_attention(r, low_rank=True)


def _indexed(r: Reader) -> LatentAttention:
    base = chosen_tokens(r, latent_attention(r, bias=r.flag("attention_bias"), rotated=False))
    pool, budget = r.size("index_kpool"), r.size("index_topk")
    r.check("index_topk", budget % pool == 0, lambda: f"is {int(budget)}, which is no number of pools of {int(pool)}")
    assert base.indexer is not None
    indexer = replace(base.indexer, pool=pool, pool_gated=r.flag("index_kpool_compress"))
    return replace(base, indexer=indexer, top_k_block=pool, top_k_tail=r.flag("index_kpool_always_select_tail"))


DIALECT = glm_moe_dsa.DIALECT.like(
    "glm5_next_text",
    read=read,
    costless={
        **dict.fromkeys(("hc_eps", "hc_sinkhorn_iters", "swiglu_limit"), "scales and bounds: elementwise"),
        **dict.fromkeys(("gate_lower_bound", "linear_lower_bound"), "a bound: elementwise"),
    },
    hidden_size=4096,
    num_hidden_layers=45,
    q_lora_rank=1536,
    qk_rope_head_dim=0,
    qk_nope_head_dim=256,
    num_experts=288,
    num_nextn_predict_layers=0,
    index_kpool=16,
    index_kpool_compress=True,
    index_kpool_always_select_tail=True,
    linear_num_heads=64,
    linear_head_dim=128,
    linear_conv_kernel_dim=4,
    hc_mult=4,
    mhc=True,
)
