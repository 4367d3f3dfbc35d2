"""FlexOlmo: OLMo 2 with experts in every layer. Source: transformers `FlexOlmoConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.types import olmo2, olmoe

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, olmo2.normed_attention(r), mixture_of_experts(r), layout=post_norm)


DIALECT = olmoe.DIALECT.like(
    "flex_olmo",
    read=read,
    vocab_size=100352,
    hidden_size=4096,
    num_hidden_layers=32,
    num_attention_heads=32,
    moe_intermediate_size=11008,
    num_experts=7,
    num_experts_per_tok=5,
)
