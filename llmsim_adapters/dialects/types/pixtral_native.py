"""Pixtral in Mistral's own format, as SGLang reads it: any of its language models, and its encoder of pictures.

Source: SGLang's `pixtral.py`.
"""

from __future__ import annotations

from llmsim_adapters.dialects.assembly.pixtral_native import towers
from llmsim_adapters.dialects.types import mistral

DIALECT = mistral.DIALECT.like(
    "pixtral_native",
    text_config="text_config",
    towers=towers,
    classes=("PixtralForConditionalGeneration",),
    ties="either",
)
