"""DeepSeek's first mixture, DeepSeekMoE: shared experts after dense layers, and ordinary attention.

Source: the published config of deepseek-ai/deepseek-moe-16b-base and SGLang's `deepseek.py`; `glm4_moe` of equal
dimensions, without its router's correction bias, is the proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.patterns import dense_first
from llmsim_adapters.dialects.types import xverse

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = attention(r, bias=r.flag("attention_bias"))
    return decoder(r, mixer, dense_first(r, lambda: mlp(r), mixture_of_experts(r)))


DIALECT = xverse.DIALECT.like(
    "deepseek",
    read=read,
    attention_bias=False,
    num_shared_experts=None,
    first_k_dense_replace=0,
    moe_layer_freq=1,
)
