"""Which ranks share which part of a model: `layers/dp_attention.py`, and what model files say otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Note, Split
from llmsim_adapters.engines.sglang.architectures import (
    DENSE_OF_EACH_RANK,
    DP_ATTENTION,
    DP_EMBEDDING,
    DP_HEAD,
    ONE_EXPERT_EACH,
    UNSEEN,
    WHOLE_EMBEDDING,
    WHOLE_EMBEDDING_WITH_DP,
)
from llmsim_adapters.engines.sglang.conditions import (
    attentions,
    forbids_fusion,
    has_groups,
    has_no_class,
    is_qwen3_inside,
    is_qwen_inside,
    mixtures,
)

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Asked

_IGNORED: Final = (
    "SGLang's class of this architecture knows no DP attention: it is split over all tp_size * dp_size ranks"
)


def _dense_alone(layout: Asked) -> bool:
    return layout.schedule.dense_fully_dp


def _deepep(layout: Asked) -> bool:
    return layout.schedule.deepep


def _fuses(layout: Asked) -> bool:
    """Whether a shared expert is one of the routed ones: nobody forbids it, and it has their width."""
    if forbids_fusion(layout):
        return False
    found = mixtures(layout.spec)
    return all(m.shared is not None and m.shared.intermediate_size == m.moe_intermediate_size for m in found)


_OF_VERSION: Final = "models/minicpmv.py, init_llm: the class of the language model follows from the version"

_LING3: Final = frozenset({"BailingMoeV3ForCausalLM", "BailingMoeV3VLForConditionalGeneration"})
_LING: Final = _LING3 | {"BailingMoeV2_5ForCausalLM"}

PLACEMENT: Final = (
    Note(
        name="experts over all ranks",
        source="server_args.py, --moe-a2a-backend",
        when=lambda layout: layout.schedule.deepep and layout.schedule.ep_size != layout.schedule.world_size,
        note="with an all-to-all backend, SGLang spreads experts over all ranks, whatever `ep_size` says",
    ),
    Split(
        name="linear attention of all ranks",
        source="models/kimi_linear.py, shard_on_attn_tp",
        part="linear_attention",
        over="all_apart",
        architectures=frozenset({"KimiLinearForCausalLM"}),
        when=has_groups,
        note="linear attention is split over all tp_size * dp_size ranks, DP attention or not",
    ),
    Split(
        name="Ling's linear attention of each group",
        source="models/bailing_moe_linear.py: parallel_group; models/bailing_moe_v3.py, BailingKDA",
        part="linear_attention",
        over="tokens",
        architectures=_LING,
    ),
    Split(
        name="Ling's grouped-query attention of all ranks",
        source="models/bailing_moe_linear.py, models/bailing_moe_v3.py: BailingMoEAttention's projections",
        part="attention",
        over="all_apart",
        architectures=_LING,
        when=lambda layout: has_groups(layout) and any(attentions(layout.spec.language_model())),
        note=_IGNORED,
    ),
    Split(
        name="attention of Qwen3 inside",
        source=_OF_VERSION,
        part="attention",
        over="tokens",
        when=is_qwen3_inside,
    ),
    Split(
        name="attention of all ranks",
        source="the model's file, tp_size of its projections",
        part="attention",
        over="all_apart",
        but=DP_ATTENTION,
        when=has_groups,
        note=_IGNORED,
    ),
    Split(
        name="embedding of each rank",
        source="models/gemma3_causal.py, Gemma3TextScaledWordEmbedding",
        part="embedding",
        over="alone",
        architectures=WHOLE_EMBEDDING,
        note="the embedding is whole on every rank",
    ),
    Split(
        name="embedding of each rank, with DP attention",
        source="models/qwen3_5.py, deepseek_v4.py, exaone_moe.py: enable_tp=not is_dp_attention_enabled()",
        part="embedding",
        over="alone",
        architectures=WHOLE_EMBEDDING_WITH_DP,
        when=has_groups,
        note="with DP attention, the embedding is whole on every rank",
    ),
    Split(
        name="head of each rank",
        source="models/gemma3_causal.py: the head is the embedding",
        part="head",
        over="alone",
        architectures=WHOLE_EMBEDDING,
    ),
    Split(
        name="embedding of Qwen inside",
        source=_OF_VERSION,
        part="embedding",
        over="tokens",
        when=is_qwen_inside,
    ),
    Split(
        name="embedding of all ranks",
        source="layers/vocab_parallel_embedding.py, use_attn_tp_group",
        part="embedding",
        over="all_apart",
        but=DP_EMBEDDING | WHOLE_EMBEDDING,
    ),
    Split(
        name="head of each group",
        source="layers/logits_processor.py, --enable-dp-lm-head",
        part="head",
        over="tokens",
        architectures=DP_HEAD,
        when=lambda layout: bool(layout.options["enable_dp_lm_head"]),
    ),
    Split(name="head of Qwen3 inside", source=_OF_VERSION, part="head", over="all", when=is_qwen3_inside),
    Split(name="head", source="the model's file", part="head", over="all_apart", but=DP_ATTENTION),
    Split(name="head", source="layers/logits_processor.py", part="head", over="all"),
    Split(
        name="dense networks of each rank",
        source="layers/layer_boundary/, is_dense_ffn_fully_dp: --moe-dense-tp-size 1",
        part="mlp",
        over="handed_out",
        architectures=DENSE_OF_EACH_RANK,
        when=_dense_alone,
    ),
    Note(
        name="dense networks of all ranks",
        source="the model's file",
        but=DENSE_OF_EACH_RANK,
        when=_dense_alone,
        note="`moe_dense_tp_size` is ignored: SGLang's class of this architecture splits its networks over all ranks",
    ),
    Split(
        name="networks of Qwen3 inside",
        source=_OF_VERSION,
        part="mlp",
        over="all",
        when=is_qwen3_inside,
    ),
    Split(name="networks", source="the model's file", part="mlp", over="all_apart", but=DP_ATTENTION),
    Split(name="networks", source="layers/communicator.py", part="mlp", over="all"),
    Split(
        name="shared expert among the routed ones",
        source="models/qwen2_moe.py, can_fuse_shared_expert; models/bailing_moe_v3.py",
        part="shared_experts",
        over="experts",
        architectures=_LING3 | {"Qwen3NextForCausalLM", "Qwen3NextForCausalLMMTP"},
        when=_fuses,
        note="the shared expert is stored among the routed ones, on each of the ep_size groups of ranks",
    ),
    Split(
        name="shared expert among the routed ones, all on each rank",
        source="models/glm4v_moe.py, shared_experts_fusion_disable_reason",
        part="shared_experts",
        over="experts",
        architectures=frozenset({"Glm4vMoeForConditionalGeneration"}),
        when=lambda layout: layout.schedule.ep_size == 1 and _fuses(layout),
        note="the shared expert is stored among the routed ones",
    ),
    Split(
        name="shared experts of each rank",
        source="models/deepseek_v2.py, --moe-a2a-backend",
        part="shared_experts",
        over="handed_out",
        when=_deepep,
    ),
    Split(name="shared experts", source="the model's file", part="shared_experts", over="all_apart", but=DP_ATTENTION),
    Split(name="shared experts", source="models/deepseek_v2.py", part="shared_experts", over="all"),
    Note(
        name="not seen with DP attention",
        source="no facts",
        architectures=UNSEEN,
        when=has_groups,
        note="what SGLang's class of this architecture makes of DP attention was not seen: it is taken to ignore it",
    ),
    Note(
        name="general rules",
        source="model_loader/utils.py: the Transformers backend",
        when=has_no_class,
        note="SGLang has no class of this architecture: it is laid out by the general rules",
    ),
    Note(
        name="experts once",
        source="models/glm4_moe.py: experts",
        architectures=ONE_EXPERT_EACH,
        when=lambda layout: layout.schedule.redundant_experts != 0,
        note="`redundant_experts` is ignored: SGLang's class of this architecture stores each expert once",
    ),
)
