"""EXAONE 3 under its remote code's type: Llama with GPT-2's names for things.

Source: the published config of LGAI-EXAONE/EXAONE-3.5-7.8B-Instruct, SGLang's `ExaoneConfig` and `exaone.py`; `llama`
of equal dimensions is the proof. The class of transformers 5.24 has other defaults than the remote code.
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
    width = r.size_or("intermediate_size", lambda: 4 * r.size("hidden_size"))
    biases = r.flag("attention_bias"), r.flag("mlp_bias")
    return decoder(r, attention(r, bias=biases[0]), mlp(r, width=width, bias=biases[1]))


DIALECT = xverse.DIALECT.like(
    "exaone",
    read=read,
    costless={"embed_dropout": "training only"},
    disputed={
        "intermediate_size": "four times hidden_size, as the remote code has it, which transformers' class has not",
        "num_key_value_heads": "num_attention_heads, as the remote code has it, which transformers' class has not",
        "tie_word_embeddings": "a tied head, as the remote code has it, which transformers' class has not",
    },
    intermediate_size=None,
    tie_word_embeddings=True,
)
