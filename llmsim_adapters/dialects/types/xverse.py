"""XVERSE: Llama under its remote code's type.

Source: the published config of xverse/XVERSE-7B and SGLang's `xverse.py`. transformers has no class for the type; its
`llama` of equal dimensions is the proof. Each checkpoint carries a class with defaults of its own, so that sizes have
none here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, attention(r), mlp(r))


DIALECT = Dialect(
    "xverse",
    read,
    defaults={
        "num_key_value_heads": None,
        "head_dim": None,
        "hidden_act": "silu",
        "tie_word_embeddings": False,
    },
    costless={"max_tokenizer_truncation": "bounds the tokenizer's input"},
)
