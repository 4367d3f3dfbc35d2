"""GPT-J: both mixers over one norm, `rotary_dim` of each head rotated, a biased head. Source: `GPTJConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic, four_times_wide
from llmsim_adapters.dialects.assembly.components import attention
from llmsim_adapters.dialects.assembly.layouts import parallel
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer, rotary = attention(r), r.optional_size("rotary_dim")
    if rotary is not None and mixer.head_dim:  # 0 where a size that it follows from is refused
        r.check(
            "rotary_dim",
            rotary <= mixer.head_dim,
            lambda: f"is {int(rotary)}, more than a head ({int(mixer.head_dim)})",
        )
        mixer = replace(mixer, rotary_fraction=int(rotary) / int(mixer.head_dim))
    return classic(r, mixer, width=four_times_wide(r), layout=parallel, head_bias=True)


DIALECT = Dialect(
    "gptj",
    read,
    defaults={
        "vocab_size": 50400,
        "hidden_size": 4096,
        "num_hidden_layers": 28,
        "num_attention_heads": 16,
        "rotary_dim": 64,
        "intermediate_size": None,
        "hidden_act": "gelu_new",
        "tie_word_embeddings": False,
    },
    costless={
        "n_positions": "bounds the context; rotary positions have no table of weights",
        "n_ctx": "bounds the context; rotary positions have no table of weights",
        "rotary": "the class always rotates",
    },
)
