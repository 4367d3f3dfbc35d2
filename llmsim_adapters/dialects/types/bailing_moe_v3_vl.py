"""Ling 3 VL: Ling 3 with Qwen3-VL's picture encoder and two projections. Source: SGLang's `bailing_mm_v3.py`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import QWEN3_VL, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers import qwen3_vl_vision
from llmsim_adapters.dialects.types import bailing_moe_v3
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", _VISION, fixed=True)
    if vision is None:
        return
    if vision.r.flag("disable_merger_proj"):
        whole.not_modelled("merger_without_projections")
    hidden = text.size("hidden_size")
    into = Projection(input_size=vision.r.size("out_hidden_size"), output_size=hidden, bias=True)
    yield vision.running(resized(whole, vision.r, QWEN3_VL)).then(into, replace(into, input_size=hidden))


_VISION = qwen3_vl_vision.DIALECT.like("qwen3_vl_vision", disable_merger_proj=False)

DIALECT = bailing_moe_v3.DIALECT.like(
    "bailing_moe_v3_vl",
    text_config="text_config",
    towers=towers,
    classes=("BailingMoeV3VLForConditionalGeneration",),
    costless={"norm_query_embeds": "whether results are normalised: elementwise"},
)
