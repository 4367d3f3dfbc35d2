"""Which ranks share which part of a model: `layers/dp_attention.py`, and what model files say otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Note, Split
from llmsim_adapters.engines.sglang.architectures import DP_ATTENTION, DP_EMBEDDING, REGISTERED, WHOLE_EMBEDDING

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Asked

_PLAIN: Final = REGISTERED - DP_ATTENTION
"""Of which a data-parallel group has no attention of its own."""

_IGNORED: Final = (
    "SGLang's class of this architecture knows no DP attention: it is split over all tp_size * dp_size ranks"
)


def _deepep(layout: Asked) -> bool:
    return layout.schedule.deepep


def _groups(layout: Asked) -> bool:
    return layout.schedule.dp_size != 1


PLACEMENT: Final = (
    Note(
        name="general rules",
        source="models/registry.py",
        but=REGISTERED,
        note="SGLang registers no class for the config's architecture: it is laid out by the general rules",
    ),
    Note(
        name="experts over all ranks",
        source="server_args.py, --moe-a2a-backend",
        when=lambda layout: layout.schedule.deepep and layout.schedule.ep_size != layout.schedule.world_size,
        note="with an all-to-all backend, SGLang spreads experts over all ranks, whatever `ep_size` says",
    ),
    Split(
        name="attention of all ranks",
        source="the model's file, tp_size of its projections",
        part="attention",
        over="all_apart",
        architectures=_PLAIN,
        when=_groups,
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
        name="head of each rank",
        source="models/gemma3_causal.py: the head is the embedding",
        part="head",
        over="alone",
        architectures=WHOLE_EMBEDDING,
    ),
    Split(
        name="embedding of all ranks",
        source="layers/vocab_parallel_embedding.py, use_attn_tp_group",
        part="embedding",
        over="all_apart",
        architectures=REGISTERED - DP_EMBEDDING - WHOLE_EMBEDDING,
    ),
    Split(
        name="head of each group",
        source="layers/logits_processor.py, --enable-dp-lm-head",
        part="head",
        over="tokens",
        architectures=DP_EMBEDDING,
        when=lambda layout: bool(layout.options["enable_dp_lm_head"]),
    ),
    Split(name="head", source="the model's file", part="head", over="all_apart", architectures=_PLAIN),
    Split(name="head", source="layers/logits_processor.py", part="head", over="all"),
    Split(
        name="dense networks of each rank",
        source="layers/communicator.py, --moe-dense-tp-size 1",
        part="mlp",
        over="handed_out",
        when=lambda layout: layout.schedule.dense_fully_dp,
    ),
    Split(name="networks", source="the model's file", part="mlp", over="all_apart", architectures=_PLAIN),
    Split(name="networks", source="layers/communicator.py", part="mlp", over="all"),
    Split(
        name="shared experts of each rank",
        source="models/deepseek_v2.py, --moe-a2a-backend",
        part="shared_experts",
        over="handed_out",
        when=_deepep,
    ),
    Split(
        name="shared experts", source="the model's file", part="shared_experts", over="all_apart", architectures=_PLAIN
    ),
    Split(name="shared experts", source="models/deepseek_v2.py", part="shared_experts", over="all"),
)
