"""GPT-NeoX (Pythia): mixers side by side, each over a norm of its own. Source: `GPTNeoXConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic
from llmsim_adapters.dialects.assembly.components import attention, computed_head_dim
from llmsim_adapters.dialects.assembly.layouts import parallel_two_norms, pre_norm
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    computed_head_dim(r)
    mixer = attention(r, bias=r.flag("attention_bias"), rotary_fraction=0.25)
    return classic(r, mixer, layout=parallel_two_norms if r.flag("use_parallel_residual") else pre_norm)


DIALECT = llama.DIALECT.like(
    "gpt_neox",
    read=read,
    vocab_size=50432,
    hidden_size=6144,
    intermediate_size=24576,
    num_hidden_layers=44,
    num_attention_heads=64,
    hidden_act="gelu",
    attention_bias=True,
    use_parallel_residual=True,
)
