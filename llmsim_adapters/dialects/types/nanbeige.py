"""Nanbeige: Llama whose layers run several times, each run with a cache of its own.

Between runs hidden states pass the model's last norm, unless `skip_loop_final_norm`. Source: SGLang's `NanbeigeConfig`
and class.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Norm
from llmsim_adapters.spec.model import Block, Stack, Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("attention_bias", False)
    depth, runs = int(layers(r)), int(r.size("num_loops"))
    fits = depth * runs <= LARGEST["num_hidden_layers"]
    r.check("num_loops", fits, lambda: f"is {runs}, which makes too many layers of {depth}")
    runs = runs if fits else 1
    mixer, network = attention(r), mlp(r)
    norm = Norm(mixer.hidden_size)
    between = not r.flag("skip_loop_final_norm")
    usual = pre_norm(mixer, network, norm)
    last = (*usual, Sublayer((norm,), skip=False)) if between else usual
    spec = decoder(r, mixer, network, norm=norm, final_norm=not between)
    blocks = (Block("layer", usual), Block("layer_last", last))[-min(depth, 2) :]
    stack = Stack(
        "text",
        blocks,
        ((0,) * (depth - 1) + (len(blocks) - 1,)) * runs,
        after=() if between else (norm,),
        weights_of=tuple(range(depth)) * runs,
    )
    return replace(spec, stacks=(stack,))


DIALECT = llama.DIALECT.like(
    "nanbeige",
    read=read,
    costless={"loop_loss_weights": "training only"},
    vocab_size=166144,
    hidden_size=3072,
    intermediate_size=10752,
    num_hidden_layers=22,
    num_attention_heads=48,
    num_key_value_heads=None,
    head_dim=None,
    num_loops=2,
    skip_loop_final_norm=False,
)
