"""Intern-S2 Mobius with Qwen3.5's picture encoder. Source: SGLang's `interns2_mobius.py`."""

from llmsim_adapters.dialects.types import interns2_mobius_text, qwen3_5

DIALECT = interns2_mobius_text.DIALECT.like(
    "interns2_mobius",
    text_config="text_config",
    towers=qwen3_5.towers,
    classes=("InternS2MobiusForConditionalGeneration",),
)
