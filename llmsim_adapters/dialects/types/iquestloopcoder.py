"""IQuest-Coder's loops: Llama whose layers run several times; later runs attend to a window, and to the first's tokens.

Source: SGLang's `iquest_loopcoder.py`. The window is that of keys of a run's own; each run has a cache of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.assembly.options import with_options
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import FirstRunAttention, Norm
from llmsim_adapters.spec.model import Block, Stack

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("attention_bias", False)
    r.only("mlp_bias", False)
    depth, runs = int(layers(r)), int(r.size("loop_num"))
    fits = depth * runs <= LARGEST["num_hidden_layers"]
    r.check("loop_num", fits, lambda: f"is {runs}, which makes too many layers of {depth}")
    runs = runs if fits else 1
    base, network = attention(r), mlp(r)
    mix = FirstRunAttention(
        num_attention_heads=base.num_attention_heads,
        num_key_value_heads=base.num_key_value_heads,
        head_dim=base.head_dim,
    )
    later = replace(with_options(base, mix), window=r.size("loop_window_size"))
    first = with_options(base, replace(mix, runs=False))
    norm = Norm(base.hidden_size)
    blocks = [Block("first_run", pre_norm(first, network, norm)), Block("later_run", pre_norm(later, network, norm))]
    if runs == 1:
        r.no_effect(("loop_window_size",), "the layers run once")
        del blocks[1]
    stack = Stack(
        "text",
        tuple(blocks),
        (0,) * depth + (1,) * (depth * (runs - 1)),
        after=(norm,),
        weights_of=tuple(range(depth)) * runs,
    )
    return replace(decoder(r, base, network), stacks=(stack,))


DIALECT = llama.DIALECT.like(
    "iquestloopcoder", read=read, classes=("IQuestLoopCoderForCausalLM",), loop_num=2, loop_window_size=64
)
