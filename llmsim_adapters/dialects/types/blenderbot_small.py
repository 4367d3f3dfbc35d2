"""Blenderbot-small: BART's parts, with positions from row 0 on. Source: `BlenderbotSmallConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.decoder_alone import decoder_alone
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.types import bart

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    inputs = (learned_positions(r), layer_norm(r))
    return decoder_alone(r, layout=post_norm, inputs=inputs, final_norm=False, words=True)


DIALECT = bart.DIALECT.like(
    "blenderbot-small",
    read=read,
    max_position_embeddings=512,
    hidden_size=512,
    num_hidden_layers=8,
    intermediate_size=2048,
    encoder_layers=8,
    encoder_ffn_dim=2048,
)
