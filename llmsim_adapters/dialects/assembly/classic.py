"""The decoder of GPT-2's time, which many types vary: layer norms, biases, a feed-forward network without a gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.assembly.layouts import pre_norm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component, Norm
    from llmsim_adapters.spec.model import ModelSpec


def unrotated_attention(r: Reader, *, bias: bool = True, kv_heads: int | None = None) -> Attention:
    """Read attention without rotary positions: they are learned, sinusoidal or ALiBi's."""
    return attention(r, bias=bias, kv_heads=kv_heads, rotary_fraction=0.0)


def classic(
    r: Reader,
    mixer: Component | Sequence[Component] | None = None,
    *,
    bias: bool = True,
    width: int | None = None,
    layout: Layout = pre_norm,
    norm: Norm | None = None,
    final_norm: bool = True,
    inputs: tuple[Component, ...] = (),
    head_bias: bool = False,
) -> ModelSpec:
    """Read a decoder of layer norms and plain feed-forward networks, by default without rotary positions.

    `bias` is that of the feed-forward network, and of the attention unless a `mixer` is given; for the others, see
    `decoder` and `mlp`.
    """
    return decoder(
        r,
        mixer or unrotated_attention(r, bias=bias),
        mlp(r, bias=bias, gated=False, width=width),
        layout=layout,
        norm=norm or layer_norm(r),
        final_norm=final_norm,
        inputs=inputs,
        head_bias=head_bias,
    )


def four_times_wide(r: Reader) -> int:
    """Read the width of the feed-forward network; without one it is four times the hidden size."""
    return r.size_or("intermediate_size", lambda: 4 * r.size("hidden_size"))


def fixed_width(r: Reader) -> int:
    """Return a width of four times the hidden size, which the class fixes whatever a config says."""
    width = 4 * r.size("hidden_size")
    r.agree("intermediate_size", width, "the class fixes it at four times hidden_size")
    return r.derive("intermediate_size", width)
