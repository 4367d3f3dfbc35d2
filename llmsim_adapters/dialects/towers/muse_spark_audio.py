"""Muse Spark's encoder of sound: stages of causal convolutions over samples, each of which shortens them.

A stage projects so many neighbours at once, and has blocks of a convolution of each channel and a network.
Source: transformers `MuseSparkAudioConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import of_stages
from llmsim_adapters.dialects.assembly.widths import by_ratio
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import MLP, Convolution, Norm, Projection
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader


def read(r: Reader) -> ModelSpec:
    patches, widths, depths = stages(r)
    kernel, activation = r.size("conv_kernel_size"), r.text("hidden_act") or "gelu"
    blocks: list[Block] = []
    order: list[int] = []
    before = 1
    for number, (patch, width, depth) in enumerate(zip(patches, widths, depths, strict=True), 1):
        rows = f"convolved_{number}"
        into = Projection(input_size=before * patch, output_size=width, bias=True)
        conv = Convolution(input_channels=width, output_channels=width, kernel=(kernel,), groups=width, bias=True)
        inner = r.constant(f"stage_{number}_intermediate_size", by_ratio(r, width), "mlp_ratio of it")
        network = MLP(hidden_size=width, intermediate_size=inner, activation=activation, gated=False, bias=True)
        norm = Norm(width)
        embeds = (Sublayer((into,), (), (norm,), skip=False, rows=rows),)
        convolves = (Sublayer((conv,), skip=False, rows=rows), Sublayer((network,), (norm,), rows=rows))
        order += [len(blocks), *[len(blocks) + 1] * depth]
        blocks += [Block(f"stage_{number}", embeds), Block(f"convolutions_{number}", convolves)]
        before = width
    out = r.size("out_hidden_size")
    after = (Norm(before), Projection(input_size=before, output_size=out, bias=True), Norm(out))
    stack = Stack("encoder", tuple(blocks), tuple(order), after=after, after_rows=("rows",) * 3, axis="frames")
    return ModelSpec(r.model_type, (stack,))


def stages(r: Reader) -> tuple[list[int], list[int], list[int]]:
    """Read of each stage how many neighbours it joins, how wide it is, and how many blocks it has."""
    count = int(r.size("num_hidden_layers"))
    r.check("num_hidden_layers", count <= _STAGES, f"is more than {_STAGES} stages")
    patches, widths, depths = (
        list(of_stages(r, name, count, most=_MOST)) for name in ("patch_sizes", "hidden_sizes", "depths")
    )
    r.check("depths", sum(depths) <= _MOST, f"has more than {_MOST} blocks in all")
    numbered = [
        [r.constant(f"{name}_{i}", each, "its stage's") for i, each in enumerate(sizes, 1)]
        for name, sizes in (("patch_size", patches), ("hidden_size", widths))
    ]
    return numbered[0], numbered[1], depths


_STAGES = 16
_MOST = 2**16

DIALECT = Dialect(
    "muse_spark_audio",
    read,
    {
        "patch_sizes": [16, 6, 5, 4],
        "hidden_sizes": [256, 512, 1024, 2048],
        "depths": [2, 2, 2, 2],
        "num_hidden_layers": 4,
        "mlp_ratio": 4.0,
        "conv_kernel_size": 7,
        "hidden_act": "gelu",
        "out_hidden_size": 8192,
    },
)
