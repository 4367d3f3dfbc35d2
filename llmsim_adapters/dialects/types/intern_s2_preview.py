"""Intern-S2 Preview: Qwen3.5 with experts and its picture encoder. Source: SGLang's `interns2preview.py`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import qwen3_5_moe

DIALECT = qwen3_5_moe.DIALECT.like("intern_s2_preview", classes=("InternS2PreviewForConditionalGeneration",))
