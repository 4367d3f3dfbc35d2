"""Florence-2's picture encoder: DaViT, whose pixels attend in windows and whose channels attend to each other.

Source: transformers `Florence2VisionConfig` (arXiv:2204.03645).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dialects.assembly.tower import of_stages
from llmsim_adapters.dialects.assembly.widths import by_ratio
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import ChannelAttention, Convolution, Norm, PixelAttention, Projection
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component

_MOST_STAGES: Final = 16
_MOST_BLOCKS: Final = 256


class Stage(NamedTuple):
    """What a stage has: its channels, those before it, its convolution, and how often its two blocks stand there."""

    number: int
    before: int
    channels: int
    kernel: int
    prenorm: bool
    heads: int
    groups: int
    depth: int


def read(r: Reader) -> ModelSpec:
    blocks: list[Block] = []
    order: list[int] = []
    for stage in stages(r):
        first = len(blocks)
        blocks += (_embedding(stage), *_both(r, stage))
        order += (first, *(first + 1, first + 2) * stage.depth)
    return ModelSpec(
        r.model_type, (Stack("encoder", tuple(blocks), tuple(order), axis="patches", counted_by="depths"),)
    )


def stages(r: Reader) -> list[Stage]:
    """Read the stages: of each list an entry for each of them."""
    channels = list(r.integers("embed_dim") or (1,))
    r.check("embed_dim", len(channels) <= _MOST_STAGES, f"has more than {_MOST_STAGES} stages")
    channels = channels[:_MOST_STAGES]
    names = ("patch_size", "num_heads", "num_groups", "depths")
    kernels, heads, groups, depths = (of_stages(r, name, len(channels)) for name in names)
    norms = r.sequence("patch_prenorm") or ()
    r.check("patch_prenorm", len(norms) == len(channels), "has not one entry for each stage")
    r.check("depths", max(depths) <= _MOST_BLOCKS, f"has more than {_MOST_BLOCKS} blocks in a stage")
    for name, parts in (("num_heads", heads), ("num_groups", groups)):
        whole = all(width % count == 0 for width, count in zip(channels, parts, strict=True))
        r.check(name, whole, "does not divide the channels of its stage")
    inputs = (r.size("in_channels"), *channels)
    return [
        Stage(
            i + 1,
            inputs[i],
            width,
            kernels[i],
            i < len(norms) and norms[i] is True,
            heads[i],
            groups[i],
            min(depths[i], _MOST_BLOCKS),
        )
        for i, width in enumerate(channels)
    ]


def _embedding(stage: Stage) -> Block:
    norm = Norm(stage.before if stage.prenorm else stage.channels, "layer", bias=True)
    kernel = (stage.kernel, stage.kernel)
    into = Convolution(input_channels=stage.before, output_channels=stage.channels, kernel=kernel, bias=True)
    rows = f"stage_{stage.number}"
    return Block(
        f"convolution_{stage.number}", tuple([Sublayer((part,), skip=False, rows=rows) for part in (into, norm)])
    )


def _both(r: Reader, stage: Stage) -> tuple[Block, Block]:
    """Return the block whose pixels attend in windows, and the one whose channels attend to each other."""
    width, number = stage.channels, stage.number
    pixels, padded = f"stage_{number}", f"windows_{number}"
    side = r.size("window_size")
    within = PixelAttention(
        num_attention_heads=stage.heads,
        num_key_value_heads=stage.heads,
        head_dim=width // stage.heads,
        queries=padded,
        keys=padded,
        window=side * side,
    )
    among = ChannelAttention(groups=stage.groups, channels=width // stage.groups, pixels=pixels)
    return (
        Block(f"spatial_{number}", _attending(r, width, within, pixels, padded)),
        Block(f"channel_{number}", _attending(r, width, among, pixels, pixels)),
    )


def _attending(r: Reader, width: int, core: Component, pixels: str, attending: str) -> tuple[Sublayer, ...]:
    """Return attention and a network, each behind a convolution of each channel by itself and a norm."""
    around = Convolution(input_channels=width, output_channels=width, kernel=(3, 3), groups=width, bias=True)
    inner = by_ratio(r, width)
    norm = Norm(width, "layer", bias=True)
    parts = (
        (around, pixels),
        (norm, pixels),
        (Projection(input_size=width, output_size=3 * width, bias=r.flag("qkv_bias")), attending),
        (core, attending),
        (Projection(input_size=width, output_size=width, bias=True), attending),
        (around, pixels),
        (norm, pixels),
        (Projection(input_size=width, output_size=inner, bias=True), pixels),
        (Projection(input_size=inner, output_size=width, bias=True), pixels),
    )
    return tuple([Sublayer((part,), skip=False, rows=rows) for part, rows in parts])


DIALECT = Dialect(
    "florence_vision",
    read,
    {
        "in_channels": 3,
        "depths": [1, 1, 9, 1],
        "patch_size": [7, 3, 3, 3],
        "patch_stride": [4, 2, 2, 2],
        "patch_padding": [3, 1, 1, 1],
        "patch_prenorm": [False, True, True, True],
        "embed_dim": [128, 256, 512, 1024],
        "num_heads": [4, 8, 16, 32],
        "num_groups": [4, 8, 16, 32],
        "window_size": 12,
        "mlp_ratio": 4.0,
        "qkv_bias": True,
        "projection_dim": 1024,
        "max_temporal_embeddings": 100,
        "max_position_embeddings": 50,
    },
    aliases={"num_heads": "num_heads"},
    costless={"drop_path_rate": "training only", "activation_function": "elementwise"},
)
