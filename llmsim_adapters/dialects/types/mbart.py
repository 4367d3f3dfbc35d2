"""mBART: BART with norms before the mixers and a final one. Source: transformers `MBartConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.decoder_alone import decoder_alone
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.types import bart

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder_alone(r, inputs=(learned_positions(r, offset=2), layer_norm(r)), words=True)


DIALECT = bart.DIALECT.like("mbart", read=read, neutral=bart.BEFORE)
