"""Muse Spark's picture encoder: Muse Glimmer's, whose patches are projected. Source: `MuseSparkVisionConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.towers import muse_glimmer_vision
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    spec = muse_glimmer_vision.read(r)
    (stack,) = spec.stacks
    pixels = r.size("num_channels") * r.size("temporal_patch_size") * r.size("patch_size") * r.size("patch_size")
    into = Projection(input_size=pixels, output_size=r.size("hidden_size"))
    return replace(spec, stacks=(replace(stack, before=(into, *stack.before[1:])),))


DIALECT = muse_glimmer_vision.DIALECT.like("muse_spark_vision", read=read)
