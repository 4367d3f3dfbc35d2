"""The lowering of residual connections with weights of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.lowerings.convolution import causal_convolution
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import AttentionResidual, ConvolvedResidual, ScaledResidual


def lower_convolved_residual(residual: ConvolvedResidual, site: Site) -> None:
    if residual.scaled:
        site.weight("scale", (1,), "replicated")
    causal_convolution(site, "conv", residual.hidden_size, residual.conv_kernel, "replicated")


def lower_attention_residual(residual: AttentionResidual, site: Site) -> None:
    """Each token has sources of its own, which are both keys and values."""
    hidden, sources, queries, tokens = residual.hidden_size, residual.sources, residual.queries, site.step.tokens
    site.weight("query", (hidden,) if queries == 1 else (queries, hidden), "replicated")
    if sources == 1:
        if residual.gain:
            site.weight("norm", (hidden,), "replicated")
        return
    site.norm("norm", Norm(hidden, gain=residual.gain), tokens * sources)
    for name, n, k in (("scores", sources, hidden), ("sums", hidden, sources)):
        site.product(name, queries, n, k, tokens * sources * hidden, site.step.dtype, batch=tokens)


def lower_scaled_residual(residual: ScaledResidual, site: Site) -> None:
    for name in ("result_scale", "result_shift", "input_scale", "input_shift"):
        site.weight(name, (residual.hidden_size,), "replicated")
