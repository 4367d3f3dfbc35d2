"""K2 Horizon: xLLM by keys of its own. Source: SGLang's `xllm.py`, `_normalize_k2_horizon_config`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import xllm

DIALECT = xllm.DIALECT.like(
    "k2_horizon",
    classes=("K2HorizonForCausalLM",),
    aliases={
        "attention_gate_func": "attn_gate_func",
        "mova_num_experts": "num_values",
        "mova_num_experts_per_tok": "num_values_per_tok",
    },
    apply_attn_gate=True,
)
