"""Kosmos-2.5's text model: Kosmos-2's without a norm inside attention, and with two kinds of token.

Source: transformers `Kosmos2_5TextConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import kosmos_2_text_model
from llmsim_adapters.spec.components import PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    kinds = PositionEmbedding(positions=_KINDS, hidden_size=r.size("hidden_size"))
    return kosmos_2_text_model.decoding(r, inputs=(kinds,))


_KINDS = 2
"""Words and pictures."""

DIALECT = kosmos_2_text_model.DIALECT.like(
    "kosmos_2_5_text_model",
    read=read,
    vocab_size=108481,
    hidden_size=1536,
    intermediate_size=6144,
    num_attention_heads=16,
)
