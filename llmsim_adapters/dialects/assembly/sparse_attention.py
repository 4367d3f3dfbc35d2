"""Sparse attention: to the tokens that an indexer chooses, and which layers have one (DeepSeek-V3.2, GLM-5)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.decoder import layers
from llmsim_adapters.spec.components import Indexer, Norm

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import LatentAttention


INDEXER_PARAMETERS: Final = ("index_n_heads", "index_head_dim", "index_topk")


def chosen_tokens(r: Reader, base: LatentAttention, *, query_size: int | None = None) -> LatentAttention:
    """Return latent attention to the tokens that an indexer of its own chooses.

    Its queries are projected from `query_size` numbers, by default those that the attention's are.
    """
    head_dim = r.size("index_head_dim")
    indexer = Indexer(
        hidden_size=base.hidden_size,
        query_size=r.size("q_lora_rank") if query_size is None else query_size,
        num_heads=r.size("index_n_heads"),
        head_dim=head_dim,
        k_norm=Norm(head_dim, "layer", bias=True),
        interleaved=r.flag("indexer_rope_interleave"),
    )
    return replace(base, top_k=r.size("index_topk"), indexer=indexer)


def indexer_types(
    r: Reader,
    base: LatentAttention,
    otherwise: Sequence[bool],
    choosing: Callable[[Reader, LatentAttention], LatentAttention] = chosen_tokens,
) -> LatentAttention | list[LatentAttention]:
    """`indexer_types` says which layers choose by an indexer of their own, the others take the last layer's choice.

    A config without it means `otherwise`; `choosing` makes an attention one that has an indexer.
    """
    own = list(otherwise)
    kinds = r.words("indexer_types", (_OWN, _SHARED), layers(r))
    if kinds is not None:
        own = [kind == _OWN for kind in kinds]
    r.check("indexer_types", own[0], "leaves the first layer without an indexer, and there is none before it")
    chooses = choosing(r, base)
    takes = replace(chooses, indexer=None)
    return chooses if all(own) else [chooses if yes else takes for yes in own]


def indexer_schedule(r: Reader) -> list[bool]:
    """`index_topk_pattern`, or every `index_topk_freq`-th layer from the `index_skip_topk_offset`-th on (GLM-5)."""
    count = layers(r)
    schedule = ("index_topk_freq", "index_skip_topk_offset")
    pattern = ("index_topk_pattern",)
    if r.has("indexer_types"):
        r.no_vote((*schedule, *pattern), "indexer_types", "which layers have an indexer")
        return [True] * count
    if r.has("index_topk_pattern"):
        r.no_vote(schedule, "index_topk_pattern", "which layers have an indexer")
        if r.raw["index_topk_pattern"].__class__ is str:
            kinds: Sequence[object] = [{"F": _OWN, "S": _SHARED}.get(c, c) for c in r.text("index_topk_pattern") or ""]
        else:
            kinds = r.sequence("index_topk_pattern") or ()
        if len(kinds) != count or any(kind not in (_OWN, _SHARED) for kind in kinds):
            r.refuse("index_topk_pattern", r.raw["index_topk_pattern"], "one of F and S for each layer")
            return [True] * count
        return [kind == _OWN for kind in kinds]
    period = r.count("index_topk_freq")
    if period <= 1:
        r.no_effect(("index_skip_topk_offset",), "every layer has an indexer")
        return [True] * count
    first = r.count("index_skip_topk_offset")
    return [max(i - first + 1, 0) % period == 0 for i in range(count)]


_OWN = "full"
_SHARED = "shared"
