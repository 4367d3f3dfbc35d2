"""Kimi K2: DeepSeek-V3 under a type of its own.

Source: the published config of moonshotai/Kimi-K2-Instruct, whose architecture is DeepSeek-V3's; `deepseek_v3` of
equal dimensions is the proof.
"""

from __future__ import annotations

from llmsim_adapters.dialects.types import deepseek_v3

DIALECT = deepseek_v3.DIALECT.like("kimi_k2", classes=("DeepseekV3ForCausalLM",))
