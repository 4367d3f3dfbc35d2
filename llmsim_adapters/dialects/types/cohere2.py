"""Command R7B and A: Cohere with windows, but in every fourth layer. Source: transformers `Cohere2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.assembly.layouts import parallel
from llmsim_adapters.dialects.assembly.patterns import rotated_where_sliding, window_pattern
from llmsim_adapters.dialects.types import cohere

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    for name in ("use_parallel_block", "use_gated_activation", "use_embedding_sharing"):
        r.only(name, True)  # published configs say it; the class knows nothing else
    mixers = window_pattern(r, attention(r, bias=r.flag("attention_bias")))
    return decoder(r, rotated_where_sliding(mixers), mlp(r), norm=layer_norm(r, bias=False), layout=parallel)


DIALECT = cohere.DIALECT.like(
    "cohere2",
    read=read,
    aliases={"layer_switch": "sliding_window_pattern"},
    costless={
        "order_of_interleaved_layers": "the class has the layer that sees everything last of each period in any case",
        "position_embedding_type": "which pairs of a head are rotated together: elementwise",
        "rotary_pct": "the part of each head that is rotated: elementwise",
        "use_parallel_embedding": "how a server splits the embedding table",
    },
    sliding_window=4096,
    sliding_window_pattern=4,
    use_parallel_block=True,
    use_gated_activation=True,
    use_embedding_sharing=True,
)
