"""TrOCR's decoder: BART's parts, some of them optional; its encoder may be of another size. Source: `TrOCRConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.decoder_alone import DECODER_KEYS, decoder_alone
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.types import bart

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    inputs: list[Component] = []
    if r.flag("use_learned_position_embeddings"):
        inputs.append(learned_positions(r, offset=2))
    if r.flag("layernorm_embedding"):
        inputs.append(layer_norm(r))
    source = r.optional_size("cross_attention_hidden_size")
    return decoder_alone(r, source_size=source, layout=post_norm, inputs=tuple(inputs), final_norm=False)


DIALECT = Dialect(
    "trocr",
    read,
    defaults={
        **{name: value for name, value in bart.DIALECT.defaults.items() if not name.startswith("encoder_")},
        "max_position_embeddings": 512,
        "use_learned_position_embeddings": True,
        "layernorm_embedding": True,
        "cross_attention_hidden_size": None,
    },
    aliases=DECODER_KEYS,
    costless={"decoder_layerdrop": "training only"},
)
