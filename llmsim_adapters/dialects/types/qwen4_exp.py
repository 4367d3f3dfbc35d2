"""Qwen 4 with pictures: of a config that leaves out its text model's type, that model. Source: `Qwen4ExpConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import qwen4_exp_text

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    if r.architecture not in DIALECT.text_only:
        r.not_modelled("vision_tower")
    return qwen4_exp_text.read(r)


DIALECT = qwen4_exp_text.DIALECT.like("qwen4_exp", read=read)
