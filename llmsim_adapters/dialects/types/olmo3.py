"""OLMo 3: OLMo 2 whose layers slide, but for every fourth. Source: transformers `Olmo3Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.types import olmo2

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixers = windowed(r, olmo2.normed_attention(r), [(i + 1) % 4 != 0 for i in range(layers(r))])
    return decoder(r, mixers, mlp(r), layout=post_norm)


DIALECT = olmo2.DIALECT.like("olmo3", read=read, sliding_window=4096)
