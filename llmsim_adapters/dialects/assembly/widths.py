"""Widths of feed-forward networks that configs state before an adjustment, or by their ratio to the hidden size."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import MLP


def by_ratio(r: Reader, hidden: int, name: str = "mlp_ratio") -> int:
    """Read how wide a network is that is so many times as wide as the hidden size, rounded down."""
    ratio = r.number(name, least=0, most=1024)
    width = int(int(hidden) * (ratio or 0))
    r.check(name, width > 0, "leaves the feed-forward network no width")
    return max(1, width)


def adjusted(r: Reader, network: MLP) -> MLP:
    """With `block_auto_adjust_ff_dim`, two thirds of the width, multiplied and rounded up (LFM2)."""
    if not r.flag("block_auto_adjust_ff_dim"):
        r.no_effect(("block_ffn_dim_multiplier", "block_multiple_of"), "block_auto_adjust_ff_dim is false")
        return network
    width = 2 * network.intermediate_size // 3
    r.check("intermediate_size", width > 0, "leaves the feed-forward network no width")
    factor = r.number("block_ffn_dim_multiplier", least=0)
    if factor is None:
        r.no_effect(("block_multiple_of",), "there is no block_ffn_dim_multiplier")
        return replace(network, intermediate_size=width)
    multiple = r.size("block_multiple_of")
    if factor != 1:
        width = r.derive("multiplied_intermediate_size", int(factor * int(width)))
    return replace(network, intermediate_size=multiple * ceil_div(width, multiple))
