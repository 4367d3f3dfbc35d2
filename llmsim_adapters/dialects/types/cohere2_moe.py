"""Cohere 2 with experts; layers before them are dense, with a pattern of their own. Source: `Cohere2MoeConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm, layers, windowed
from llmsim_adapters.dialects.assembly.layouts import parallel
from llmsim_adapters.dialects.assembly.patterns import after_dense, experts_where, mlp_layer_types, unrotated
from llmsim_adapters.dialects.types import cohere2
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import MLP, Attention
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    is_sparse = mlp_layer_types(r, lambda: after_dense(r))
    if any(is_sparse):
        feed_forward = experts_where(r, is_sparse, lambda: _dense(r), lambda: mixture_of_experts(r))
    else:
        r.no_effect(("num_experts", "num_experts_per_tok", "num_shared_experts"), "no layer has experts")
        if r.has("intermediate_size"):  # else a dense layer has the width of an expert
            r.no_effect(("moe_intermediate_size",), "no layer has experts")
        feed_forward = _dense(r)
    norm = layer_norm(r, bias=False) if r.number("rms_norm_eps", least=0) is None else Norm(r.size("hidden_size"))
    return decoder(r, _mixers(r, is_sparse), feed_forward, norm=norm, layout=parallel)


def _dense(r: Reader) -> MLP:
    return mlp(r, width=r.size_or("intermediate_size", lambda: r.size("moe_intermediate_size")))


def _mixers(r: Reader, is_sparse: Sequence[bool]) -> list[Attention]:
    """Dense layers first, then the others, each with its pattern; layers without a window have no positions."""
    dense, period = r.size("prefix_dense_sliding_window_pattern"), r.size("sliding_window_pattern")
    first, base = r.count("first_k_dense_replace"), attention(r, bias=r.flag("attention_bias"))
    slides = [(i + 1) % dense != 0 if i < first else (i - first + 1) % period != 0 for i in range(layers(r))]
    mixers = windowed(r, base, slides)
    given = mixers if isinstance(mixers, list) else [mixers] * layers(r)
    rotates = [m.window is not None or (dense == 1 and not moe) for m, moe in zip(given, is_sparse, strict=True)]
    return unrotated(given, rotates)


DIALECT = cohere2.DIALECT.like(
    "cohere2_moe",
    read=read,
    aliases={
        "intermediate_size": "moe_intermediate_size",
        "prefix_dense_intermediate_size": "intermediate_size",
    },
    costless={
        "shared_expert_combination_strategy": "sum or average of two results: elementwise",
        "expert_selection_fn": "how experts are chosen and weighted, not how many or how large they are",
    },
    head_dim=128,
    moe_intermediate_size=22528,
    num_experts=8,
    num_experts_per_tok=2,
    num_shared_experts=0,
    intermediate_size=None,
    prefix_dense_sliding_window_pattern=1,
    first_k_dense_replace=0,
    rms_norm_eps=None,
)
