"""Gemma 2: every other layer slides, norms before and after each mixer, soft caps. Source: `Gemma2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.types import gemma

if TYPE_CHECKING:
    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def alternating(r: Reader, layout: Layout) -> ModelSpec:
    """Read Gemma 2's decoder with the norms of its layers where `layout` puts them."""
    base = gemma.gemma_attention(r, r.number("attn_logit_softcapping", least=0))
    mixers = windowed(r, base, [i % 2 == 0 for i in range(layers(r))])
    return decoder(r, mixers, mlp(r), layout=layout, softcap=r.number("final_logit_softcapping", least=0))


def read(r: Reader) -> ModelSpec:
    return alternating(r, sandwich_norm)


DIALECT = gemma.DIALECT.like(
    "gemma2",
    read=read,
    hidden_size=2304,
    intermediate_size=9216,
    num_hidden_layers=26,
    num_attention_heads=8,
    num_key_value_heads=4,
    sliding_window=4096,
    attn_logit_softcapping=50.0,
    final_logit_softcapping=30.0,
)
