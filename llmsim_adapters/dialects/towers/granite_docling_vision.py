"""Granite Docling's picture encoder: SigLIP's without pooling, and two ways to merge its patches, one of which runs.

The coarse way merges `scale_factor` squared patches, the fine one four, and both have mergers behind inner layers, too.
Source: transformers `GraniteDoclingVisionConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.towers import siglip_vision_model
from llmsim_adapters.spec.components import Norm, Projection
from llmsim_adapters.spec.media.media import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.resampler import Part
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_FINE = 2
"""The side of the squares of patches that the fine way merges."""


def read(r: Reader) -> ModelSpec:
    spec = siglip_vision_model.read(r)
    hidden, out, side = r.size("hidden_size"), r.size("out_hidden_size"), r.size("scale_factor")
    inner = r.indices("deepstack_visual_indexes") or frozenset()
    running = len([layer for layer in inner if layer < r.size("num_hidden_layers")])
    parts: list[Part] = [(Norm(hidden, "layer", bias=True), "rows")]
    parts += _way(side * side * hidden, out, len(inner), running)
    if r.flag("use_fine_route"):
        parts += [(part, NEVER) for part, _ in _way(_FINE * _FINE * hidden, out, len(inner), 0)]
    norm = Norm(out, "layer", bias=True)
    parts += [(norm, "tokens"), (Projection(input_size=out, output_size=out), "tokens"), (norm, "tokens")]
    (stack,) = spec.stacks
    after = (*stack.after, *(part for part, _ in parts))
    rows = (*("rows",) * len(stack.after), *(name for _, name in parts))
    return replace(spec, stacks=(replace(stack, after=after, after_rows=rows),))


def _way(width: int, out: int, mergers: int, running: int) -> Iterator[Part]:
    """Yield what merges squares of patches of a `width` in all, and the mergers of inner layers, so many `running`."""
    yield Projection(input_size=width, output_size=out), "tokens"
    for number in range(mergers):
        rows = "tokens" if number < running else NEVER
        yield Norm(width, "layer", bias=True), rows
        yield Projection(input_size=width, output_size=out, bias=True), rows
        yield Projection(input_size=out, output_size=out, bias=True), rows


DIALECT = siglip_vision_model.DIALECT.like(
    "granite_docling_vision",
    read=read,
    image_size=512,
    vision_use_head=False,
    out_hidden_size=1024,
    scale_factor=4,
    deepstack_visual_indexes=[3, 7, 10],
    use_fine_route=True,
)
