"""RoBERTa with norms before the mixers and a final one. Source: `RobertaPreLayerNormConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.encoders import encoder, masked
from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.types import roberta

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return masked(r, encoder(r, layout=pre_norm, final_norm=True))


DIALECT = roberta.DIALECT.like("roberta-prelayernorm", read=read)
