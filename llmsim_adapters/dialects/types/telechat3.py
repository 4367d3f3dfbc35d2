"""TeleChat 3 under its own type: Llama. Source: vLLM 0.33, which runs `TeleChat3ForCausalLM` by its Llama class.

Each checkpoint carries a class with defaults of its own, so that sizes have none here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import xverse

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, attention(r, bias=r.flag("attention_bias")), mlp(r, bias=r.flag("mlp_bias")))


DIALECT = xverse.DIALECT.like("telechat3", read=read, attention_bias=False, mlp_bias=False)
