"""Mistral: every layer attends to a sliding window. Source: transformers `MistralConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, windowed(r, attention(r), [True] * layers(r)), mlp(r))


DIALECT = llama.DIALECT.like("mistral", read=read, intermediate_size=14336, num_key_value_heads=8, sliding_window=4096)
