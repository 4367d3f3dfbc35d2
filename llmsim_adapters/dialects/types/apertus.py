"""Apertus: normalised query and key heads, xIELU with trained numbers, no gate. Source: `ApertusConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    for name, value in (("qk_norm", True), ("mlp_bias", False), ("post_norm", False)):
        r.only(name, value)  # published configs say it; the class knows nothing else
    return decoder(r, attention(r, bias=r.flag("attention_bias"), qk_norm=True), mlp(r, gated=False))


DIALECT = llama.DIALECT.like(
    "apertus", read=read, vocab_size=131072, intermediate_size=14336, hidden_act="xielu", qk_norm=True
)
