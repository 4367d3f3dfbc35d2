"""MiniCPM-V 2 and 4: MiniCPM's or Llama's layers, with a tower and a resampler beside them.

Source: the published configs of openbmb/MiniCPM-V-2 and openbmb/MiniCPM-V-4, and SGLang's `minicpmv.py`, which chooses
the language model by the version: others than these have Qwen's. `llama` of equal dimensions is the proof.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.types import llama, minicpm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_LLAMAS: Final = (2.0, 2.5, 4.0)


def read(r: Reader) -> ModelSpec:
    version = r.number("version", least=0)
    if version not in _LLAMAS:
        r.refuse("version", version, f"one of {', '.join(map(str, _LLAMAS))}, whose language model is Llama's")
    return llama.read(r)


DIALECT = replace(
    llama.DIALECT.like("minicpmv", read=read, costless=minicpm.DIALECT.costless, version=2.0),
    causal_lm=("MiniCPMV",),
)
