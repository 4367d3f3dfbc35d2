"""Phi-1.5 under its first remote code's type: Phi with GPT-2's names of keys.

Source: the published config of microsoft/phi-1_5; transformers' `phi` of equal dimensions, whose config the same
checkpoint has later, is the proof. One fused projection of queries, keys and values has no cost.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic, four_times_wide
from llmsim_adapters.dialects.assembly.components import attention
from llmsim_adapters.dialects.assembly.layouts import parallel
from llmsim_adapters.dialects.types import xverse

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer, rotary = attention(r, bias=True), r.size("rotary_dim")
    r.check(
        "rotary_dim", rotary <= mixer.head_dim, lambda: f"is {int(rotary)}, more than a head ({int(mixer.head_dim)})"
    )
    if not r.invalid:
        mixer = replace(mixer, rotary_fraction=rotary / mixer.head_dim)
    return classic(r, mixer, width=four_times_wide(r), layout=parallel, head_bias=True)


DIALECT = xverse.DIALECT.like(
    "phi-msft",
    read=read,
    classes=("PhiForCausalLM",),
    costless={
        "n_positions": "bounds the context; rotary positions have no table of weights",
        **dict.fromkeys(("flash_attn", "flash_rotary", "fused_dense"), "how the same network is executed"),
    },
    intermediate_size=None,
    rotary_dim=32,
    hidden_act="gelu_new",
)
