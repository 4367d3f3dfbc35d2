"""The language model of North Micro Vision: Cohere 2 whose layers all see everything, unless the config says otherwise.

Source: transformers `CohereCompassTextConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm, layers, windowed
from llmsim_adapters.dialects.assembly.layouts import parallel
from llmsim_adapters.dialects.types import cohere

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    base = attention(r, bias=r.flag("attention_bias"), floor=True)
    r.no_effect(("sliding_window_pattern",), "only layer_types says which layers slide")
    mixers = windowed(r, base, [False] * layers(r))
    return decoder(r, mixers, mlp(r), norm=layer_norm(r, bias=False), layout=parallel)


DIALECT = cohere.DIALECT.like(
    "cohere_compass_text",
    read=read,
    costless={"pooling": "how a classification head takes its token: no language model has one"},
    sliding_window=4096,
)
