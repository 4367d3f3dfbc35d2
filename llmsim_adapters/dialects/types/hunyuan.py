"""Hunyuan-A13B under its remote code's type: Hunyuan MoE with lists of what each layer has.

Source: the published config of tencent/Hunyuan-A13B-Instruct and SGLang's `hunyuan.py`; transformers' `hunyuan_v1_moe`
of equal dimensions is the proof.
"""

from __future__ import annotations

from llmsim_adapters.dialects.types import hunyuan_v1_moe

DIALECT = hunyuan_v1_moe.DIALECT.like("hunyuan", classes=("HunYuanForCausalLM", "HunYuanMoEV1ForCausalLM"))
