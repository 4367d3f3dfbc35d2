"""The language model of Unlimited-OCR: DeepSeek's first mixture, whose answers slide over a fixed prompt.

Source: transformers `UnlimitedOcrTextConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.types import deepseek_ocr2_text
from llmsim_adapters.gap import Gap, GapKind

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    slides_over_prompts(r)
    r.no_effect(("layer_types",), "prompts are seen whole in layers of either kind")
    return deepseek_ocr2_text.read(r)


def slides_over_prompts(r: Reader) -> None:
    """Note a window that answers slide over and prompts don't: which cached tokens it leaves out is not known."""
    window = r.optional_size("sliding_window")
    if window is not None:
        r.gaps.append(Gap(GapKind.UNSUPPORTED_FEATURE, "reference_sliding_attention", _UNKNOWN.format(int(window))))


_UNKNOWN: Final = (
    "the prompt and the last {:,} tokens of an answer are seen and kept: no schedule says which of a context's tokens "
    "are the prompt's, so that all are counted"
)

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
