"""openPangu Embedded: Llama with one `bias` for all projections of attention.

Source: `PanguEmbeddedConfig` of the checkpoints and vLLM 0.33's `openpangu.py`; `llama` of equal dimensions is the
proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, attention(r, bias=r.flag("bias")), mlp(r, bias=r.flag("mlp_bias")))


DIALECT = llama.DIALECT.like(
    "PanguEmbedded",
    read=read,
    vocab_size=153376,
    intermediate_size=12800,
    num_hidden_layers=34,
    num_key_value_heads=8,
    bias=True,
)
