"""Qwen3: normalised query and key heads of a size of their own. Source: transformers `Qwen3Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.patterns import qwen_windows
from llmsim_adapters.dialects.types import qwen2

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec


def normed_attention(r: Reader) -> Attention:
    """Read Qwen3's attention: a norm on each head, and biases only where the config asks for them."""
    return attention(r, bias=r.flag("attention_bias"), qk_norm=True)


def read(r: Reader) -> ModelSpec:
    return decoder(r, qwen_windows(r, normed_attention(r)), mlp(r))


OF_600M: Final = {
    "hidden_size": 1024,
    "intermediate_size": 3072,
    "num_hidden_layers": 28,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
}
"""The sizes of Qwen3-0.6B, which some wholes have where they say nothing of their language model."""

DIALECT = qwen2.DIALECT.like(
    "qwen3", read=read, classes=("JinaForRanking", "VoyageQwen3BidirectionalEmbedModel"), head_dim=128
)
