"""MiniMax-M3's text model: some layers attend to blocks that an indexer chooses. Source: `MiniMaxM3VLTextConfig`.

Published configs say the indexer in `sparse_attention_config` and the layers with experts in `moe_layer_freq`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.patterns import experts_where, layer_flags, mlp_layer_types
from llmsim_adapters.dialects.types import minimax_m2
from llmsim_adapters.spec.components import MLP, Indexer, Norm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec

FULL: Final = "full_attention"
SPARSE: Final = "minimax_m3_sparse"
_PUBLISHED: Final = {
    "index_n_heads": "sparse_num_index_heads",
    "index_head_dim": "sparse_index_dim",
    "index_block_size": "sparse_block_size",
    "index_topk_blocks": "sparse_topk_blocks",
}


def read(r: Reader) -> ModelSpec:
    r.no_effect(("hidden_act",), "the class has one activation")
    for name, usual in (("qk_norm", True), ("use_routing_bias", True), ("attention_output_gate", False)):
        r.only(name, usual)
    if (r.text("qk_norm_type") or _NORM_TYPE) != _NORM_TYPE:
        r.not_modelled("qk_norm_type")
    if r.count("num_nextn_predict_layers"):
        r.not_modelled("multi_token_prediction")
    base = attention(r, qk_norm=True)
    base = replace(base, rotary_fraction=r.size("rotary_dim") / base.head_dim)
    is_sparse = mlp_layer_types(r, lambda: layer_flags(r, "moe_layer_freq") or [True] * layers(r))
    feed_forwards = experts_where(r, is_sparse, lambda: replace(mlp(r), activation=ACTIVATION), lambda: _experts(r))
    return decoder(r, _mixers(r, base), feed_forwards)


def _experts(r: Reader) -> MixtureOfExperts:
    width = r.size("shared_expert_intermediate_size")
    shared = MLP(hidden_size=r.size("hidden_size"), intermediate_size=width, activation=ACTIVATION)
    experts = mixture_of_experts(r, score_correction_bias="buffer")
    return replace(experts, activation=ACTIVATION, shared=shared)


def _mixers(r: Reader, base: Attention) -> Attention | list[Attention]:
    count = layers(r)
    inner = r.nested("sparse_attention_config")
    kinds = r.words("layer_types", (FULL, SPARSE), count)
    if kinds is None:
        flags = None if inner is None else layer_flags(inner, "sparse_attention_freq", count)
        kinds = [SPARSE if flag else FULL for flag in flags or [False] * count]
    elif inner is not None:
        inner.no_vote(("sparse_attention_freq",), "layer_types", "which layers have an indexer", r)
    if SPARSE not in kinds:
        r.no_effect(_PUBLISHED, "no layer has an indexer")
        if inner is not None:
            inner.no_effect(_PUBLISHED.values(), "no layer has an indexer")
        return base
    if inner is not None:
        _says_usual(inner, kinds)
    for name, key in _PUBLISHED.items():
        if inner is not None and inner.has(key):
            r.overruled(name, inner.said(key), f"sparse_attention_config.{key}")
            r.derive(name, inner.size(key))
    heads, head_dim, block, blocks = (r.size(name) for name in _PUBLISHED)
    norm = Norm(head_dim)
    indexer = Indexer(
        hidden_size=base.hidden_size,
        query_size=base.hidden_size,
        num_heads=heads,
        head_dim=head_dim,
        q_norm=norm,
        k_norm=norm,
        head_weights=False,
    )
    sparse = replace(base, top_k=blocks * block, top_k_block=block, indexer=indexer)
    return [sparse if kind == SPARSE else base for kind in kinds]


ACTIVATION: Final = "swigluoai"


def _says_usual(inner: Reader, kinds: Sequence[str]) -> None:
    """Note what published configs say of the indexer that transformers' class has in no form."""
    disabled = layer_flags(inner, "sparse_disable_index_value", len(kinds))
    if disabled is not None and not all(off for off, kind in zip(disabled, kinds, strict=True) if kind == SPARSE):
        inner.not_modelled("sparse_index_value")
    if inner.has("use_sparse_attention") and not inner.flag("use_sparse_attention"):
        inner.not_modelled("use_sparse_attention")
    inner.no_effect(("use_sparse_attention", "sparse_disable_index_value"), "what the class has anyway")


_NORM_TYPE: Final = "per_head"

DIALECT = minimax_m2.DIALECT.like(
    "minimax_m3_vl_text",
    read=read,
    classes=("MiniMaxM3SparseForCausalLM",),
    aliases={
        "intermediate_size": "moe_intermediate_size",
        "dense_intermediate_size": "intermediate_size",
        "shared_intermediate_size": "shared_expert_intermediate_size",
        "num_mtp_modules": "num_nextn_predict_layers",
    },
    costless={
        **dict.fromkeys(("swiglu_alpha", "swiglu_limit"), "factors and bounds inside the activation: elementwise"),
        "use_gemma_norm": "what gains are counted from: elementwise",
        "sparse_score_type": "how the scores of a block are summed up: elementwise",
        **dict.fromkeys(
            ("index_local_blocks", "sparse_init_block", "sparse_local_block"),
            "which blocks are chosen, not how many: elementwise",
        ),
    },
    hidden_size=6144,
    intermediate_size=12288,
    moe_intermediate_size=3072,
    shared_expert_intermediate_size=3072,
    num_hidden_layers=60,
    num_attention_heads=64,
    num_key_value_heads=4,
    num_experts=128,
    num_experts_per_tok=4,
    rotary_dim=64,
    index_n_heads=4,
    index_head_dim=128,
    index_block_size=128,
    index_topk_blocks=16,
)
