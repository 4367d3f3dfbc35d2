"""LLaDA 2, a diffusion model: Ling's layers, all of whose tokens attend to each other within a block.

Source: the published config of inclusionAI/LLaDA2.0-mini and SGLang's `llada2.py`; `glm4_moe` of equal dimensions is
the proof. Block sizes are an argument of generation, no key: 32 tokens, as SGLang sets them for the type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import bailing_moe, sdar

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    windows = "the code has no windows"
    r.no_effect(("sliding_window", "use_sliding_window", "max_window_layers"), windows)
    block = r.constant("block_size", 32, "SGLang's setting of the type")
    return sdar.in_blocks(r, bailing_moe.read(r), block)


DIALECT = bailing_moe.DIALECT.like(
    "llada2_moe",
    read=read,
    costless={"rotary_dim": "partial_rotary_factor says it"},
    qk_norm=True,
    partial_rotary_factor=1.0,
    causal_lm=("LLaDA2MoeModelLM",),
)
