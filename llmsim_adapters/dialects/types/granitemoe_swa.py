"""GraniteMoE with sinks, where all but every fourth layer slide. Source: `GraniteMoeSWAConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.options import with_sinks
from llmsim_adapters.dialects.types import granitemoeshared

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    base = with_sinks(attention(r, bias=r.flag("attention_bias")))
    mixers = windowed(r, base, [i % 4 != 0 for i in range(layers(r))])
    return decoder(r, mixers, granitemoeshared.experts(r))


DIALECT = granitemoeshared.DIALECT.like(
    "granitemoe_swa",
    read=read,
    costless={"layer_rope_theta": "rotation angles of each layer: tables that are computed, elementwise"},
    sliding_window=128,
)
