"""Qwen2 as a second encoder of pictures in DeepSeek-OCR 2: trained queries stand behind what SAM's encoder gives.

Source: SGLang's `deepseek_ocr.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.tower import encoder
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import LearnedTokens, Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_QUERIES: Final = (144, 256)
"""As many as patches that a picture of 768 or 1024 pixels leaves."""


def read(r: Reader) -> ModelSpec:
    hidden = r.size("hidden_size")
    mixer = replace(attention(r, bias=True, o_bias=False), cached=False)
    queries = tuple(LearnedTokens(hidden_size=hidden, count=count) for count in _QUERIES)
    return encoder(r, mixer, mlp(r), Norm(hidden), before=queries, after=(Norm(hidden),))


DIALECT = Dialect(
    "qwen2-0-5b",
    read,
    {
        "hidden_size": 896,
        "intermediate_size": 4864,
        "num_hidden_layers": 24,
        "num_attention_heads": 14,
        "num_key_value_heads": 2,
        "hidden_act": "silu",
    },
    aliases={"dim": "hidden_size"},
)
