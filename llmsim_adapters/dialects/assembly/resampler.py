"""Resamplers: trained vectors that ask an encoder's hidden states, and are what the language model gets of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.spec.components import Attention

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.spec.components import Component

Part = tuple["Component", str]
"""A component, and the rows that it runs on."""

STATES: Final = "rows"
TOKENS: Final = "tokens"


def asking(
    queries: int,
    size: int,
    heads: int,
    *,
    kv_heads: int | None = None,
    head_dim: int | None = None,
    bias: bool = True,
    themselves: bool = False,
    copied: bool = False,
) -> Attention:
    """Return attention of so many trained vectors to hidden states of a `size`, and where they do, to `themselves`."""
    return Attention(
        hidden_size=size,
        num_attention_heads=heads,
        num_key_value_heads=heads if kv_heads is None else kv_heads,
        head_dim=size // heads if head_dim is None else head_dim,
        qkv_bias=bias,
        o_bias=bias,
        rotary_fraction=0.0,
        causal=False,
        cached=False,
        queries=queries,
        asks_queries=themselves,
        copied=copied,
    )


def apart(parts: Iterable[Part]) -> tuple[tuple[Component, ...], tuple[str, ...]]:
    """Return components and the rows that each runs on."""
    found = tuple(parts)
    return tuple(component for component, _ in found), tuple(rows for _, rows in found)
