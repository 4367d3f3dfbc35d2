"""EXAONE 4: norms after the mixers only, normalised heads, windows. Source: transformers `Exaone4Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.assembly.patterns import rotated_where_sliding, window_pattern
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixers = window_pattern(r, attention(r, qk_norm=True))
    if r.optional_size("sliding_window") is not None:
        mixers = rotated_where_sliding(mixers)
    return decoder(r, mixers, mlp(r), layout=post_norm)


DIALECT = llama.DIALECT.like(
    "exaone4",
    read=read,
    vocab_size=102400,
    intermediate_size=16384,
    num_key_value_heads=32,
    sliding_window=4096,
    sliding_window_pattern=4,
)
