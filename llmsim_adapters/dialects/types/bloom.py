"""BLOOM: ALiBi positions, a norm of the embeddings, a fixed feed-forward width of 4 x hidden. Source: `BloomConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic, fixed_width
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return classic(r, width=fixed_width(r), inputs=(layer_norm(r),))


_MEGATRON = "a switch of the training code, which the class does not read"

DIALECT = Dialect(
    "bloom",
    read,
    defaults={
        "vocab_size": 250880,
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 8,
        "hidden_act": "gelu",
        "tie_word_embeddings": True,
    },
    costless={
        "apply_residual_connection_post_layernorm": "on which side of a norm the residual is taken: elementwise",
        "slow_but_exact": "sums the same products in another order",
        "masked_softmax_fusion": _MEGATRON,
        "offset_alibi": _MEGATRON,
        "skip_bias_add": _MEGATRON,
        "skip_bias_add_qkv": _MEGATRON,
    },
)
