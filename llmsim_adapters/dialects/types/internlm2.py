"""InternLM2 under its remote code's type: Llama with one `bias` for all projections of attention.

Source: the published config of internlm/internlm2-7b and SGLang's `internlm2.py`; `llama` of equal dimensions is the
proof. The fused projection of queries, keys and values has no cost.
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
    return decoder(r, attention(r, bias=r.flag("bias")), mlp(r))


DIALECT = xverse.DIALECT.like("internlm2", read=read, costless={"reward_token_id": "a token id"}, bias=True)
