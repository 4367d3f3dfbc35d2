"""Qwen3.5-MoE with pictures: of a config without its text model's type, that model. Source: `Qwen3_5MoeConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import qwen3_5_moe_text

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    if r.architecture not in DIALECT.text_only:
        r.not_modelled("vision_tower")
    return qwen3_5_moe_text.read(r)


DIALECT = qwen3_5_moe_text.DIALECT.like("qwen3_5_moe", read=read)
