"""MiMo-V2's language model: that of MiMo-V2-Flash, with sinks only where a config says so.

Source: SGLang's `mimo_v2.py`.
"""

from __future__ import annotations

from llmsim_adapters.dialects.types import mimo_v2_flash

DIALECT = mimo_v2_flash.DIALECT.like(
    "mimo_v2", classes=("MiMoV2ForCausalLM", "MiMoV2MTP"), add_swa_attention_sink_bias=False
)
