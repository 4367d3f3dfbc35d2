"""OLMo: Llama with layer norms that have neither gain nor offset. Source: transformers `OlmoConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    norm = Norm(r.size("hidden_size"), "layer", gain=False)
    return decoder(r, attention(r, bias=r.flag("attention_bias")), mlp(r), norm=norm)


DIALECT = llama.DIALECT.like(
    "olmo",
    read=read,
    costless={"clip_qkv": "bounds queries, keys and values: elementwise"},
    vocab_size=50304,
)
