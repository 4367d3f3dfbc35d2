"""MiniMax-M1 under its remote code's type: MiniMax-01's layers, a list saying which have softmax attention.

Source: the published config of MiniMaxAI/MiniMax-M1-80k; transformers' `minimax`, the class of the same architecture,
of equal dimensions is the proof.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.linear_attention import lightning_attention, linear_or_full
from llmsim_adapters.dialects.assembly.patterns import layer_flags
from llmsim_adapters.dialects.types import minimax, xverse

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec


def _attention(r: Reader) -> Attention:
    base, turned = attention(r), r.optional_size("rotary_dim")
    if turned is None or r.invalid:
        return base
    r.check("rotary_dim", turned <= base.head_dim, lambda: f"is {int(turned)}, more than a head ({int(base.head_dim)})")
    return replace(base, rotary_fraction=turned / base.head_dim)


def _attends(r: Reader) -> list[bool]:
    """Read which layers have softmax attention, of which the class has no default."""
    said = layer_flags(r, "attn_type_list")
    if said is None and not r.has("attn_type_list"):
        r.missing("attn_type_list", "0 or 1 for each layer")
    return said or [False] * layers(r)


def read(r: Reader) -> ModelSpec:
    if r.count("shared_intermediate_size"):
        r.not_modelled("shared_experts_of_another_size")
    mixers = linear_or_full(
        r,
        lambda: lightning_attention(r),
        lambda: _attention(r),
        lambda: _attends(r),
        linear_parameters=("block_size",),
        full_parameters=("num_key_value_heads", "rotary_dim"),
    )
    return decoder(r, mixers, mixture_of_experts(r))


_SCALES = "a factor of the residual or of a layer's result: elementwise"

DIALECT = xverse.DIALECT.like(
    "minimax_m1",
    read=read,
    aliases=minimax.DIALECT.aliases,
    costless={
        **{
            f"layernorm_{part}_{factor}": _SCALES
            for part in ("full_attention", "linear_attention", "mlp")
            for factor in ("alpha", "beta")
        },
        "postnorm": "on which side of a norm the residual is taken: elementwise",
        "shared_moe_mode": "how a shared expert's result is weighted: elementwise",
    },
    block_size=256,
    shared_intermediate_size=0,
    rotary_dim=None,
)
