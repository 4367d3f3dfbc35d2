"""Inkling's picture encoder under its publisher's type, by which frames have no more channels than they need.

Source: SGLang's `InklingVisionConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.towers import inkling_vision

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return inkling_vision.read(r, unit=64)


DIALECT = inkling_vision.DIALECT.like(
    "inkling_vision_model",
    read=read,
    num_hidden_layers=1,
    patch_size=16,
    temporal_patch_size=1,
    use_vision_norm=False,
)
