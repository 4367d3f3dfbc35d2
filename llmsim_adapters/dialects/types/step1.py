"""Step 1, the language model of Step-Audio: Llama with ALiBi (arXiv:2108.12409). Source: vLLM 0.33's `step1.py`.

One key/value head where the config says none. `llama` of equal dimensions is the proof; distances in place of rotary
positions are elementwise.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import telechat3

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    base = replace(attention(r, bias=r.flag("attention_bias")), rotary_fraction=0.0)
    return decoder(r, base, mlp(r, bias=r.flag("mlp_bias")))


DIALECT = telechat3.DIALECT.like("step1", read=read, num_key_value_heads=1)
