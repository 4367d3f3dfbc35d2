"""FastViTs, which a type has as its encoder of pictures by the name that the library timm has for each.

Convolutions and, where few pixels are left, attention (arXiv:2303.14189); what trains as several branches is one
convolution in inference mode. A config states the name alone; what it stands for is in `NETS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.spec.components import Attention, BatchNorm, Convolution, Norm, Scale
from llmsim_adapters.spec.model import Block, Stack, Sublayer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.spec.components import Component


class Net(NamedTuple):
    """Of each stage the layers and channels, and from which stage on layers attend."""

    layers: tuple[int, ...]
    channels: tuple[int, ...]
    attends_from: int


NETS: Final = {"fastvit_mci3": Net((2, 12, 24, 4, 2), (96, 192, 384, 768, 1536), 3)}
"""timm's `fastvit.py`."""

_STEM: Final = 4
"""Pixels of a picture's side that are one behind the first convolutions."""
_HEAD: Final = 32
_WIDER: Final = 4
"""How much wider than its channels the network of a layer is."""
_LAST: Final = 2
"""How many times as many channels the last convolution makes."""
_SQUEEZED: Final = 16
"""A part of these by which they are weighed (arXiv:1709.01507)."""


def shrunk(name: str) -> tuple[int, ...]:
    """Return the sides of the squares of pixels that are one in a net, from the first convolution to the last."""
    return (2, *(_STEM * 2**stage for stage in range(len(NETS[name].layers))))


def channels(name: str) -> int:
    """Return how many channels a net's results have."""
    return _LAST * NETS[name].channels[-1]


def encoder(name: str) -> Stack:
    """Return the tower that is the net of a name."""
    net, blocks, order = NETS[name], list[Block](), list[int]()
    for stage, (count, width) in enumerate(zip(net.layers, net.channels, strict=True)):
        rows = _rows(_STEM * 2**stage)
        first = []
        if stage:
            before = net.channels[stage - 1]
            first += [_depthwise(before, width, 7), _pointwise(width, width)]
        if stage >= net.attends_from:
            first.append(_depthwise(width, width, 7))
        if first:
            order.append(len(blocks))
            blocks.append(Block(f"downsample_{stage}", _in_a_row(first, rows)))
        is_last = stage == len(net.layers) - 1
        order += [len(blocks)] * count
        blocks.append(Block(f"stage_{stage}", _layer(width, rows, stage >= net.attends_from, earlier=not is_last)))
    last = channels(name)
    weighs = (_pointwise(last, last // _SQUEEZED), _pointwise(last // _SQUEEZED, last))
    width = net.channels[0]
    stem = Convolution(input_channels=3, output_channels=width, kernel=(3, 3), bias=True)
    return Stack(
        "encoder",
        tuple(blocks),
        tuple(order),
        (stem, _depthwise(width, width, 3), _pointwise(width, width)),
        (_depthwise(net.channels[-1], last, 3), *weighs),
        axis="patches",
        counted_by="architecture",
        before_rows=(_rows(2), _rows(_STEM), _rows(_STEM)),
        after_rows=("rows", "items", "items"),
    )


def _layer(width: int, rows: str, attends: bool, *, earlier: bool) -> tuple[Sublayer, ...]:
    """Return the sublayers of a layer; one that attends `earlier` than in the last stage does so over more pixels."""
    scale = Scale(size=width)
    network = (
        *(_depthwise(width, width, 7, bias=False), BatchNorm(width)),
        *(_pointwise(width, _WIDER * width), _pointwise(_WIDER * width, width), scale),
    )
    if not attends:
        return _in_a_row((_depthwise(width, width, 3), *network), rows)
    attention = Attention(
        hidden_size=width,
        num_attention_heads=width // _HEAD,
        num_key_value_heads=width // _HEAD,
        head_dim=_HEAD,
        o_bias=True,
        rotary_fraction=0.0,
        causal=False,
        cached=False,
        window=1 if earlier else None,
    )
    return _in_a_row((Norm(width, "layer", bias=True), attention, scale, *network), rows)


def _in_a_row(parts: Sequence[Component], rows: str) -> tuple[Sublayer, ...]:
    return tuple([Sublayer((part,), skip=False, rows=rows) for part in parts])


def _depthwise(inputs: int, outputs: int, side: int, *, bias: bool = True) -> Convolution:
    """Return a convolution of each channel by itself, which may make several of one."""
    kernel = (side, side)
    return Convolution(input_channels=inputs, output_channels=outputs, kernel=kernel, groups=inputs, bias=bias)


def _pointwise(inputs: int, outputs: int) -> Convolution:
    return Convolution(input_channels=inputs, output_channels=outputs, kernel=(1, 1), bias=True)


def _rows(pixel: int) -> str:
    return f"pixels_of_{pixel}"
