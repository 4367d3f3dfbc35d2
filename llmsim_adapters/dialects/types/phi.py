"""Phi-1 to Phi-2: both mixers over one norm, half of each head rotated, a biased head. Source: `PhiConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic
from llmsim_adapters.dialects.assembly.components import attention
from llmsim_adapters.dialects.assembly.layouts import parallel
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec


def normed_attention(r: Reader) -> Attention:
    """Read biased attention, half of whose heads is rotated, with layer norms of queries and keys on demand."""
    base = attention(r, bias=True, rotary_fraction=0.5)
    norm = Norm(base.head_dim, "layer", bias=True) if r.flag("qk_norm") else None
    fits = norm is None or base.head_dim * base.num_attention_heads == base.hidden_size
    r.check("head_dim", fits, "is not hidden_size / num_attention_heads, of which the norms of heads are")
    return replace(base, q_norm=norm, k_norm=norm)


def read(r: Reader) -> ModelSpec:
    return classic(r, normed_attention(r), layout=parallel, head_bias=True)


DIALECT = llama.DIALECT.like(
    "phi",
    read=read,
    vocab_size=51200,
    hidden_size=2048,
    intermediate_size=8192,
    num_hidden_layers=24,
    hidden_act="gelu_new",
    qk_norm=False,
)
