"""The parts of dialects with state spaces: from a reader to mixers, and which layer has which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.decoder import FULL, layers
from llmsim_adapters.dialects.reading.values import either
from llmsim_adapters.spec.components import Mamba, Mamba2, Norm, ShortConvolution
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component

LINEAR: Final = "linear_attention"
"""What layer lists call every layer with a state of fixed size, whatever its mixer."""

FORMER_NAMES: Final[Mapping[str, str]] = {"mamba": LINEAR, "attention": FULL}
"""What transformers 4 called layers."""


def short_convolution(r: Reader) -> ShortConvolution:
    """Read LFM2's convolution, which in embedding models looks ahead as far as it looks back."""
    return ShortConvolution(
        hidden_size=r.size("hidden_size"),
        conv_kernel=r.size("conv_kernel"),
        bias=r.flag("conv_bias"),
        causal=not r.sees_both_ways,
    )


def mamba(r: Reader, *, input_norms: bool = False) -> Mamba:
    """Read a selective state space of `mamba_expand` times the hidden size."""
    hidden = r.size("hidden_size")
    return Mamba(
        hidden_size=hidden,
        intermediate_size=r.size("mamba_expand") * hidden,
        state_size=r.size("state_size"),
        conv_kernel=r.size("conv_kernel"),
        time_step_rank=r.size_or("time_step_rank", lambda: ceil_div(hidden, 16)),
        bias=r.flag("mamba_proj_bias"),
        conv_bias=r.flag("mamba_conv_bias"),
        input_norms=input_norms,
    )


def mamba2(r: Reader, inner: int | None = None, *, norm: bool = True) -> Mamba2:
    """Read a state space with heads, of `inner` channels together, by default `mamba_expand` times the hidden size."""
    hidden, heads = r.size("hidden_size"), r.size("mamba_num_heads")
    r.no_effect(("time_step_rank",), "of the first Mamba; here the steps of heads are projected directly")
    channels = r.size("mamba_expand") * hidden if inner is None else inner
    width = r.size_or("mamba_head_dim", lambda: channels // heads)
    r.check(
        "mamba_num_heads",
        heads * width == channels,
        lambda: f"is {int(heads)}; with heads of {int(width)} these are not {int(channels)} channels",
    )
    groups = r.size("mamba_n_groups")
    r.check(
        "mamba_n_groups", heads % groups == 0, lambda: f"is {int(groups)}, which does not divide the {int(heads)} heads"
    )
    bias = r.flag("mamba_proj_bias")
    return Mamba2(
        hidden_size=hidden,
        num_heads=heads,
        head_dim=width,
        state_size=r.size("state_size"),
        num_groups=groups,
        conv_kernel=r.size("conv_kernel"),
        chunk_size=r.size("mamba_chunk_size"),
        bias=bias,
        out_bias=bias,
        conv_bias=r.flag("mamba_conv_bias"),
        output_norm=Norm(heads * width) if norm else None,
    )


def by_name(
    r: Reader, parts: Mapping[str, Component], otherwise: Sequence[str] | None = None, name: str = "layer_types"
) -> list[Component]:
    """`layer_types`: the part of each layer by its name; a config without the list means `otherwise`."""
    known = (*parts, *(old for old, now in FORMER_NAMES.items() if now in parts and old not in parts))
    kinds = r.words(name, known, layers(r) if name == "layer_types" else None) or otherwise
    if not kinds:
        if not r.has(name):
            r.missing(name, f"a list of {either(parts)}")
        return [next(iter(parts.values()))] * layers(r)
    return [parts[kind] if kind in parts else parts[FORMER_NAMES[kind]] for kind in kinds]


def where(r: Reader, name: str, yes: Component, no: Component) -> list[Component]:
    """A list of layer numbers: which layers have a part; a config without it has none."""
    numbers = r.indices(name) or ()
    return [yes if i in numbers else no for i in range(layers(r))]


def says_instead(r: Reader, name: str, other: str) -> None:
    """Let an older key say a parameter, whatever the parameter's own key says."""
    if r.has(other):
        r.overruled(name, r.said(other), other)
        r.stand_in(name, other)
    else:
        r.optional_size(other)
