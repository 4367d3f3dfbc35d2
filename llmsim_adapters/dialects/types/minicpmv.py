"""MiniCPM-V 2 and 4: MiniCPM's or Llama's layers, with a tower and a resampler beside them.

Source: the published configs of openbmb/MiniCPM-V-2 and openbmb/MiniCPM-V-4, and SGLang's `minicpmv.py`, which chooses
the language model by the version: others than these have Qwen's. `llama` of equal dimensions is the proof of that, and
SGLang's tensors are that of the tower, where there is a `vision_config`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import llama, minicpm
from llmsim_adapters.spec.components import LearnedTokens, Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec, Stack

_LLAMAS: Final = (2.0, 2.5, 4.0)


def read(r: Reader) -> ModelSpec:
    version = r.number("version", least=0)
    if version not in _LLAMAS:
        r.refuse("version", version, f"one of {', '.join(map(str, _LLAMAS))}, whose language model is Llama's")
    return llama.read(r)


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    if not whole.has("vision_config"):
        return
    vision = tower(whole, "vision_config", "minicpmv_vision", fixed=True)
    if vision is None:
        return
    if whole.flag("drop_vision_last_layer"):
        whole.not_modelled("vision_without_its_last_layer")
    yield vision.then(*_resampler(whole, vision.r.size("hidden_size"), text.size("hidden_size")))


def _resampler(whole: Reader, width: int, hidden: int) -> tuple[Component, ...]:
    """Read what attends to the patches: trained queries, of which each becomes a token (arXiv:2308.12966)."""
    norm, own = Norm(hidden, "layer", bias=True), Projection(input_size=hidden, output_size=hidden, bias=True)
    narrow = () if width == hidden else (Projection(input_size=width, output_size=hidden),)
    return (
        LearnedTokens(hidden_size=hidden, count=whole.size("query_num")),
        *(*narrow, norm, norm),
        *(replace(own, output_size=3 * hidden), own),
        *(norm, replace(own, bias=False)),
    )


_CUT = "how pictures are cut: no weights"

DIALECT = replace(
    llama.DIALECT.like(
        "minicpmv",
        read=read,
        towers=towers,
        costless={
            **minicpm.DIALECT.costless,
            **dict.fromkeys(("image_size", "patch_size"), _CUT),
            "batch_vision_input": "how the same network is executed",
            "vision_batch_size": "how the same network is executed",
        },
        version=2.0,
    ),
    causal_lm=("MiniCPMV",),
)
