"""Orion under its remote code's type: Llama with layer norms.

Source: the published config of OrionStarAI/Orion-14B-Base and SGLang's `orion.py`; `llama` of equal dimensions, with
torch's layer norms, is the proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.types import xverse

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, attention(r), mlp(r), norm=layer_norm(r))


DIALECT = xverse.DIALECT.like("orion", read=read)
