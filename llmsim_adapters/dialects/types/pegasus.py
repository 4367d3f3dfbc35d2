"""Pegasus: norms before the mixers, a stored table of sines. Source: transformers `PegasusConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder_alone import decoder_alone
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.types import bart

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder_alone(r, inputs=(learned_positions(r),), words=True)


DIALECT = bart.DIALECT.like(
    "pegasus", read=read, neutral=bart.BEFORE | {"normalize_embedding": False, "static_position_embeddings": True}
)
