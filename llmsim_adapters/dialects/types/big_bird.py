"""BigBird: BERT with a pooler; its sparse attention is counted in full, as windows are. Source: `BigBirdConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.encoders import encoder, encoder_attention, masked, pooled
from llmsim_adapters.dialects.types import bert

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    spec = masked(r, encoder(r, replace(encoder_attention(r), qkv_bias=r.flag("attention_bias"))), pooler=False)
    return pooled(spec, r.size("hidden_size"))


DIALECT = bert.DIALECT.like(
    "big_bird",
    read=read,
    vocab_size=50358,
    hidden_act="gelu_new",
    max_position_embeddings=4096,
    attention_bias=True,
    costless={
        **dict.fromkeys(
            ("attention_type", "block_size", "num_random_blocks"),
            "which pairs of tokens a mask leaves out in long sequences; products are counted with all of them",
        ),
        "rescale_embeddings": "a scalar factor: elementwise",
    },
)
