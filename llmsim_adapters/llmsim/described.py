"""What LLMSim is told, as plain data: one rank's operators and transfers in LLMSim's words."""

from __future__ import annotations

from typing import Literal, NamedTuple

Shape = tuple[int, int]


class Described(NamedTuple):
    """`layers` times `batch` products of an (m, k) `input_shape` with a (k, n) `weight_shape`.

    The shapes are what a report shows. The figures are exact whatever the shapes: `flops`, and the bytes of `load` and
    `store`, of one layer; `weight_bytes` that the rank keeps, read or not, of all layers together. The formats are
    those of input, weight and output, in our names. `core` marks the core of attention.
    """

    name: str
    input_shape: Shape
    weight_shape: Shape
    output_shape: Shape
    dtypes: tuple[str, str, str]
    batch: int
    flops: int
    load: int
    store: int
    core: bool
    layers: int
    weight_bytes: int


class DescribedTransfer(NamedTuple):
    """`layers` times what one rank holds of a transfer: `batch` copies of `shape` numbers, `payload` bytes in all.

    Tokens on their way to and from experts (`over` is `dma`) and everything else (`link`) have bandwidths of their own.
    """

    name: str
    shape: Shape
    dtype: str
    batch: int
    payload: int
    over: Literal["link", "dma"]
    layers: int


class Description(NamedTuple):
    """One rank's step."""

    operators: tuple[Described, ...]
    transfers: tuple[DescribedTransfer, ...]
