"""SDAR under its remote code's type: Qwen3, whose tokens come in blocks that are decoded together.

Source: the published config of JetLM/SDAR-4B-Chat and SGLang's `sdar.py`; `qwen3` of equal dimensions is the proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import qwen3

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    if r.size("block_size") > 1:
        r.not_modelled("block_diffusion")  # the tokens of a block attend to later ones of it too
    return qwen3.read(r)


DIALECT = qwen3.DIALECT.like("sdar", read=read, costless={"debug": "prints while it runs"}, block_size=4)
