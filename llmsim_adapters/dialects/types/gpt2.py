"""GPT-2: learned positions, layer norms, biases everywhere, no gate in the feed-forward. Source: `GPT2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic, four_times_wide, unrotated_attention
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.layouts import crossing, pre_norm
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader, kv_heads: int | None = None) -> ModelSpec:
    mixer = unrotated_attention(r, kv_heads=kv_heads)
    layout = crossing(pre_norm, mixer if r.flag("add_cross_attention") else None)
    return classic(r, mixer, width=four_times_wide(r), layout=layout, inputs=(learned_positions(r),))


DIALECT = Dialect(
    "gpt2",
    read,
    defaults={
        "vocab_size": 50257,
        "max_position_embeddings": 1024,
        "hidden_size": 768,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "intermediate_size": None,
        "hidden_act": "gelu_new",
        "add_cross_attention": False,
        "tie_word_embeddings": True,
    },
    costless={"n_ctx": "bounds the context; the table of positions is n_positions long"},
)
