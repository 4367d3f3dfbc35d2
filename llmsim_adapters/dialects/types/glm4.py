"""GLM-4-0414: GLM with norms after the mixers too. Source: transformers `Glm4Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.types import glm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = attention(r, bias=r.flag("attention_bias"), o_bias=False, rotary_fraction=0.5)
    return decoder(r, mixer, mlp(r), layout=sandwich_norm)


DIALECT = glm.DIALECT.like("glm4", read=read)
