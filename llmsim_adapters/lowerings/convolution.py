"""The causal convolution that several kinds of component have, and its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmsim_adapters.graph.operator import Sharding
    from llmsim_adapters.lowerings.site import Site


def causal_convolution(
    site: Site,
    name: str,
    channels: int,
    kernel: int,
    sharding: Sharding,
    *,
    bias: bool = False,
    kept: int | None = None,
    copied: int = 0,
) -> None:
    """A convolution of each channel with the `kernel` latest tokens; these, or `kept` of them, are its state.

    `copied` channels are on every rank.
    A sequence's first tokens are padded on both sides, as implementations do it; later ones stand behind the state.
    """
    step = site.step
    site.weight(f"{name}.weight", (channels, 1, kernel), sharding, copied=copied and copied * kernel)
    if bias:
        site.weight(f"{name}.bias", (channels,), sharding, copied=copied)
    positions = step.seq_len + 1 if step.context_len else step.seq_len + kernel - 1
    rows = step.batch_size * positions
    own, kept = site.local(channels, sharding, copied), kernel if kept is None else kept
    site.product(name, rows, 1, kernel, own * kernel, batch=own, kind="convolution")
    site.cache("state", channels * kept, sharding, copied=copied and copied * kept, of="convolution", latest=kept)


def generated_convolution(site: Site, inputs: int, rank: int, channels: int, kernel: int) -> None:
    """A convolution with the `kernel` latest tokens, whose kernel each token's input generates by way of `rank` values.

    The products with these tokens are elementwise. A rank needs all of the values for its channels' kernels.
    """
    site.linear("kernel_a_proj", inputs, rank, "replicated")
    site.linear("kernel_b_proj", rank, channels * kernel, "heads", bias=True)
    site.cache("state", channels * kernel, "heads", of="convolution", latest=kernel)


def centred_convolution(
    site: Site, name: str, channels: int, kernel: int, sharding: Sharding, *, bias: bool = False
) -> None:
    """A convolution of each channel with tokens on both sides: all are there, so that it keeps nothing.

    A sequence is padded by half a kernel on both sides; what stands over with an even one is cut off. An engine may
    have room for a state all the same.
    """
    step = site.step
    site.weight(f"{name}.weight", (channels, 1, kernel), sharding)
    if bias:
        site.weight(f"{name}.bias", (channels,), sharding)
    own = site.local(channels, sharding)
    rows = step.batch_size * (step.seq_len + 1 - kernel % 2)
    site.product(name, rows, 1, kernel, own * kernel, batch=own, kind="convolution")
    site.cache("state", channels * kernel, sharding, of="convolution", latest=kernel, idle=True)


def plane_convolution(
    site: Site, name: str, channels: int, kernel: int, sharding: Sharding, *, bias: bool = False
) -> None:
    """A convolution of each channel with the patches around, `kernel` of them high and wide."""
    site.weight(f"{name}.weight", (channels, 1, kernel, kernel), sharding)
    if bias:
        site.weight(f"{name}.bias", (channels,), sharding)
    own, size = site.local(channels, sharding), kernel * kernel
    site.product(name, site.step.tokens, 1, size, own * size, batch=own, kind="convolution")
