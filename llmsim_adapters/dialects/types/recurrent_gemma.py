"""RecurrentGemma: Griffin's recurrent blocks, and sliding attention in every third layer; half the stated width.

Source: transformers `RecurrentGemmaConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.types import gemma
from llmsim_adapters.spec.components import GatedLinearRecurrence

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec

_RECURRENT, _ATTENTION = "recurrent", "attention"


def _recurrent(r: Reader) -> GatedLinearRecurrence:
    hidden, heads = r.size("hidden_size"), r.size("num_attention_heads")
    width = r.size_or("lru_width", lambda: hidden)
    r.check(
        "lru_width",
        width % heads == 0,
        lambda: f"is {int(width)}, not a multiple of num_attention_heads ({int(heads)})",
    )
    return GatedLinearRecurrence(hidden_size=hidden, width=width, heads=heads, conv_kernel=r.size("conv_kernel"))


def _mixers(r: Reader) -> list[Component]:
    """`block_types` is repeated over the layers."""
    said = r.words("block_types", (_RECURRENT, _ATTENTION)) or ()
    r.check("block_types", len(said) > 0, "names no layer")
    said = said or [_RECURRENT]
    kinds = [said[i % len(said)] for i in range(layers(r))]
    attends = replace(
        attention(r, bias=r.flag("attention_bias"), o_bias=True, rotary_fraction=0.5, floor=True),
        window=r.size("sliding_window"),
    )
    if _RECURRENT not in kinds:
        r.no_effect(("lru_width", "conv_kernel"), "no layer is recurrent")
        return [attends] * len(kinds)
    recurs = _recurrent(r)
    return [recurs if kind == _RECURRENT else attends for kind in kinds]


def read(r: Reader) -> ModelSpec:
    network = mlp(r, width=r.size("intermediate_size") // 2, bias=True)
    return decoder(r, _mixers(r), network, softcap=r.number("logits_soft_cap", least=0))


DIALECT = gemma.DIALECT.like(
    "recurrent_gemma",
    read=read,
    aliases={"conv1d_width": "conv_kernel"},
    costless=dict.fromkeys(("w_init_variance_scale", "final_w_init_variance_scale"), "initial weights: training only"),
    hidden_size=2560,
    intermediate_size=7680,
    num_hidden_layers=26,
    num_attention_heads=10,
    num_key_value_heads=None,
    head_dim=None,
    lru_width=None,
    sliding_window=2048,
    conv_kernel=4,
    logits_soft_cap=30.0,
    block_types=["recurrent", "recurrent", "attention"],
)
