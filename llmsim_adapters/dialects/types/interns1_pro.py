"""Intern-S1 Pro: Qwen3-VL's mixtures, whose experts are chosen in groups. Source: SGLang's `interns1pro.py`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import qwen3_vl_moe

DIALECT = qwen3_vl_moe.DIALECT.like("interns1_pro", classes=("InternS1ProForConditionalGeneration",))
