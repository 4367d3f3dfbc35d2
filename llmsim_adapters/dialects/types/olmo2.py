"""OLMo 2: norms after the mixers only, and over all query and key heads together. Source: `Olmo2Config`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec


def normed_attention(r: Reader) -> Attention:
    """Read OLMo 2's attention: one norm over all query heads, and one over all key heads."""
    base = attention(r, bias=r.flag("attention_bias"))
    return replace(
        base,
        q_norm=Norm(base.num_attention_heads * base.head_dim),
        k_norm=Norm(base.num_key_value_heads * base.head_dim),
    )


def read(r: Reader) -> ModelSpec:
    return decoder(r, normed_attention(r), mlp(r), layout=post_norm)


DIALECT = llama.DIALECT.like("olmo2", read=read, vocab_size=50304)
