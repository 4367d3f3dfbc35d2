"""The language model of Unlimited-OCR: DeepSeek's first mixture, whose answers slide over a fixed prompt.

Source: transformers `UnlimitedOcrTextConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import deepseek_ocr2_text

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    if r.optional_size("sliding_window") is not None:
        r.not_modelled("reference_sliding_attention")
    r.no_effect(("layer_types",), "prompts are seen whole in layers of either kind")
    return deepseek_ocr2_text.read(r)


DIALECT = deepseek_ocr2_text.DIALECT.like(
    "unlimited_ocr_text",
    read=read,
    vocab_size=129280,
    hidden_size=1280,
    intermediate_size=6848,
    num_hidden_layers=12,
    num_attention_heads=10,
    num_key_value_heads=10,
    num_experts_per_tok=6,
    moe_intermediate_size=896,
    first_k_dense_replace=1,
    sliding_window=128,
)
