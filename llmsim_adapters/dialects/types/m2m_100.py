"""M2M-100, and NLLB without experts: mBART's parts, but computed positions. Source: transformers `M2M100Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder_alone import decoder_alone
from llmsim_adapters.dialects.types import bart

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.no_effect(("max_position_embeddings",), "positions are computed, and not stored")
    return decoder_alone(r, words=True, logit_bias=False)


DIALECT = bart.DIALECT.like(
    "m2m_100",
    read=read,
    neutral=bart.BEFORE | {"normalize_embedding": False, "static_position_embeddings": True},
    vocab_size=128112,
    hidden_act="relu",
)
