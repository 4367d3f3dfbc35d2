"""The lowering of residual connections with weights of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.lowerings.recurrent import causal_convolution

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import ConvolvedResidual, ScaledResidual


def lower_convolved_residual(residual: ConvolvedResidual, site: Site) -> None:
    if residual.scaled:
        site.weight("scale", (1,), "replicated")
    causal_convolution(site, "conv", residual.hidden_size, residual.conv_kernel, "replicated")


def lower_scaled_residual(residual: ScaledResidual, site: Site) -> None:
    for name in ("result_scale", "result_shift", "input_scale", "input_shift"):
        site.weight(name, (residual.hidden_size,), "replicated")
