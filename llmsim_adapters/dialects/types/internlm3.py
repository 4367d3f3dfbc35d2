"""InternLM3: Llama with spellings of its own for the biases. Source: transformers `InternLM3Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    bias = r.flag("mlp_bias")
    return decoder(r, attention(r, bias=r.flag("attention_bias"), o_bias=bias), mlp(r, bias=bias))


DIALECT = llama.DIALECT.like(
    "internlm3",
    read=read,
    classes=("LlamaForCausalLM",),
    aliases={"qkv_bias": "attention_bias", "bias": "mlp_bias"},
    vocab_size=128512,
    intermediate_size=10240,
    num_hidden_layers=48,
    num_key_value_heads=2,
    head_dim=128,
)
