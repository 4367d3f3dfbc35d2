"""Mixers with a state of fixed size by keys alone: each is known by the keys of its own sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.linear_attention import (
    gated_delta_net,
    kimi_delta_attention,
    lightning_attention,
)
from llmsim_adapters.dialects.assembly.recurrent import mamba, mamba2, short_convolution

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component


def recurrence(r: Reader) -> Callable[[Reader], Component] | None:
    """Return what reads the mixer with a state, by the keys that only its sizes have; None where there is none."""
    for names, reads in _RECURRENCES:
        if any(r.has(name) for name in names):
            return reads
    return None


def _kimi(r: Reader) -> Component:
    r.inferred("mixer", "decays and gates are taken to be projected by way of a head's size")
    return kimi_delta_attention(r, low_rank=True)


def _state_space(r: Reader) -> Component:
    """Read a state space: with heads where keys speak of them, else the first Mamba."""
    r.inferred("mixer", "the state space is taken to have no other parts than the published one")
    if r.has("chunk_size") or r.has("mamba_chunk_size") or r.has("mamba_num_heads"):
        if not r.has("mamba_num_heads"):
            r.stand_in("mamba_num_heads", "num_attention_heads")
            r.stand_in("mamba_head_dim", "head_dim")
        inner = r.optional_size("mamba_d_ssm")
        if inner is None and r.has("mamba_head_dim"):
            inner = r.size("mamba_num_heads") * r.size("mamba_head_dim")
        if inner is not None:
            r.no_effect(("mamba_expand",), "the heads and their size say how many channels there are")
        return mamba2(r, inner, norm=not r.has("mamba_rms_norm") or r.flag("mamba_rms_norm"))
    return mamba(r)


_RECURRENCES: Final = (
    (("linear_num_value_heads", "linear_value_head_dim"), gated_delta_net),
    (("linear_head_dim",), _kimi),
    (("state_size",), _state_space),
    (("linear_attn_alpha_factor", "layernorm_linear_attention_alpha", "attn_type_list"), lightning_attention),
    (("conv_kernel",), short_convolution),
)


def nothing_else(r: Reader) -> bool:
    """Whether a model is one of mixers with a state and nothing else: no key is of attention or of networks."""
    sizes = ("num_attention_heads",), ("intermediate_size", "num_experts", "layer_types")
    return recurrence(r) is not None and not all(any(r.has(name) for name in names) for names in sizes)
