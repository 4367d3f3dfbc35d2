"""MiniCPM under its remote code's type: Llama with scaled embeddings, residuals and logits.

Source: the published config of openbmb/MiniCPM4-8B and SGLang's `minicpm.py`; `llama` of equal dimensions is the
proof. The mixture of MiniCPM-MoE and the sparse attention of MiniCPM 4.1 have keys of their own, which nobody reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import minicpm3, xverse

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, attention(r, bias=r.flag("attention_bias")), mlp(r))


DIALECT = xverse.DIALECT.like(
    "minicpm",
    read=read,
    costless={**minicpm3.DIALECT.costless, "mup_denominator": minicpm3.DIALECT.costless["scale_depth"]},
    attention_bias=False,
    tie_word_embeddings=True,
)
