"""TeleChat 2: Llama without grouped key/value heads, and biases of the projections back to the hidden states alone.

Source: vLLM 0.33's `telechat2.py`; `llama` of equal dimensions, with these biases, is the proof. Keys and values are
one tensor in checkpoints.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import xverse

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = attention(r, o_bias=True)
    return decoder(r, mixer, replace(mlp(r), output_bias=True))


DIALECT = xverse.DIALECT.like(
    "telechat",
    read=read,
    costless={
        "apply_residual_connection_post_layernorm": "which sum is a residual: elementwise",
        "flash_attn": "how it is executed",
    },
    causal_lm=("TeleChat2ForCausalLM", "TeleChatForCausalLM"),
)
