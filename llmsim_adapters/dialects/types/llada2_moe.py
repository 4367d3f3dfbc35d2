"""LLaDA 2, a diffusion model: Ling's layers, all of whose tokens attend to each other within a block.

Source: the published config of inclusionAI/LLaDA2.0-mini and SGLang's `llada2.py`; `glm4_moe` of equal dimensions is
the proof. Block sizes are an argument of generation, no key: attention is that of prompts, which is causal by blocks.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import bailing_moe

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.not_modelled("block_diffusion")
    windows = "the code has no windows"
    r.no_effect(("sliding_window", "use_sliding_window", "max_window_layers"), windows)
    return bailing_moe.read(r)


DIALECT = replace(
    bailing_moe.DIALECT.like(
        "llada2_moe",
        read=read,
        costless={"rotary_dim": "partial_rotary_factor says it"},
        qk_norm=True,
        partial_rotary_factor=1.0,
    ),
    causal_lm=("LLaDA2MoeModelLM",),
)
