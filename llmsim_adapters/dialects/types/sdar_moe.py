"""SDAR with experts: Qwen3-MoE, whose tokens come in blocks that are decoded together.

Source: SGLang's `sdar_moe.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import qwen3_moe, sdar

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return sdar.in_blocks(r, qwen3_moe.read(r))


DIALECT = qwen3_moe.DIALECT.like(
    "sdar_moe", read=read, costless={"debug": "prints while it runs"}, classes=("SDARMoeForCausalLM",), block_size=4
)
