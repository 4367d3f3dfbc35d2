"""EXAONE 3 under its remote code's type: Llama with GPT-2's names for things.

Source: the published config of LGAI-EXAONE/EXAONE-3.5-7.8B-Instruct, SGLang's `ExaoneConfig` and `exaone.py`; `llama`
of equal dimensions is the proof. The class of transformers 5.24 has other defaults than the remote code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import xverse

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


_DIFFER: Final = {
    "tie_word_embeddings": "taken to be true as in remote code; in transformers 5.24 it is false",
    "intermediate_size": "taken to be 4 × hidden_size as in remote code; in transformers 5.24 it is 14336",
    "num_key_value_heads": "taken to be num_attention_heads as in remote code; in transformers 5.24 it is 8",
}


def read(r: Reader) -> ModelSpec:
    for name, taken in _DIFFER.items():
        if not r.has(name):
            r.inferred(name, f"the config does not say it, and classes differ: {taken}")
    width = r.size_or("intermediate_size", lambda: 4 * r.size("hidden_size"))
    biases = r.flag("attention_bias"), r.flag("mlp_bias")
    return decoder(r, attention(r, bias=biases[0]), mlp(r, width=width, bias=biases[1]))


DIALECT = xverse.DIALECT.like(
    "exaone",
    read=read,
    costless={"embed_dropout": "training only"},
    intermediate_size=None,
    tie_word_embeddings=True,
)
