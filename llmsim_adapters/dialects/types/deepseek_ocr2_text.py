"""The language model of DeepSeek-OCR 2: DeepSeek's first mixture. Source: transformers `DeepseekOcr2TextConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.patterns import after_dense, experts_where, mlp_layer_types
from llmsim_adapters.dialects.types import deepseek

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    bias = r.flag("mlp_bias")
    is_sparse = mlp_layer_types(r, lambda: after_dense(r))
    networks = experts_where(r, is_sparse, lambda: mlp(r, bias=bias), lambda: mixture_of_experts(r, shared_bias=bias))
    return decoder(r, attention(r, bias=r.flag("attention_bias")), networks)


DIALECT = deepseek.DIALECT.like(
    "deepseek_ocr2_text",
    read=read,
    classes=("DeepseekOcr2ForConditionalGeneration",),
    costless={"head_dim": "the class computes it: hidden_size / num_attention_heads"},
    vocab_size=102400,
    hidden_size=4096,
    intermediate_size=11008,
    num_hidden_layers=32,
    num_attention_heads=32,
    num_key_value_heads=None,
    mlp_bias=False,
    num_experts=64,
    num_shared_experts=2,
    moe_intermediate_size=1407,
    first_k_dense_replace=0,
)
