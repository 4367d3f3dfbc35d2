"""XVERSE: Llama under its remote code's type, or with experts of the usual width in every layer.

Source: the published config of xverse/XVERSE-7B and SGLang's `xverse.py` and `xverse_moe.py`. transformers has no class
for the type; its `llama` of equal dimensions is the proof. Each checkpoint carries a class with defaults of its own, so
that sizes have none here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    if not r.has("num_experts"):
        return decoder(r, attention(r), mlp(r))
    r.derive("moe_intermediate_size", r.size("intermediate_size"))
    return decoder(r, attention(r), mixture_of_experts(r))


DIALECT = Dialect(
    "xverse",
    read,
    defaults={
        "num_key_value_heads": None,
        "num_shared_experts": 0,
        "head_dim": None,
        "hidden_act": "silu",
        "tie_word_embeddings": False,
    },
    aliases={"moe_top_k": "num_experts_per_tok"},
    classes=("XverseMoeForCausalLM",),
    costless={"max_tokenizer_truncation": "bounds the tokenizer's input"},
)
