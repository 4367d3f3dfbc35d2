"""The lowering of residual connections with weights of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.lowerings.convolution import causal_convolution
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import AttentionResidual, ConvolvedResidual, MessageGate, ScaledResidual


def lower_convolved_residual(residual: ConvolvedResidual, site: Site) -> None:
    if residual.scaled:
        site.weight("scale", (1,), "replicated")
    causal_convolution(site, "conv", residual.hidden_size, residual.conv_kernel, "replicated")


def lower_attention_residual(residual: AttentionResidual, site: Site) -> None:
    """Each token has sources of its own, which are both keys and values."""
    hidden, sources, queries, tokens = residual.hidden_size, residual.sources, residual.queries, site.step.tokens
    if residual.layers:
        site.weight("query", (residual.layers, queries, hidden), "replicated")
        tokens = tokens * residual.runs
    else:
        site.weight("query", (hidden,) if queries == 1 else (queries, hidden), "replicated")
    if not residual.runs or (sources == 1 and not residual.layers):
        if residual.gain:
            site.weight("norm", (hidden,), "replicated")
        return
    site.norm("norm", Norm(hidden, gain=residual.gain), tokens * sources)
    for name, n, k in (("scores", sources, hidden), ("sums", hidden, sources)):
        site.product(name, queries, n, k, tokens * sources * hidden, site.step.dtype, batch=tokens)


def lower_message_gate(gate: MessageGate, site: Site) -> None:
    """A gate that forgets and one that takes the message, of one low rank, from the state and the message."""
    hidden, rank = gate.hidden_size, gate.rank
    if not gate.used:
        site.weight("down_proj", (rank, 2 * hidden), "replicated")
        for name in ("forget_gate_proj", "message_gate_proj"):
            site.weight(name, (hidden, rank), "replicated")
        return
    site.norm("norm", Norm(hidden, gain=False), site.step.tokens * 2)
    site.linear("down_proj", 2 * hidden, rank, "replicated")
    for name in ("forget_gate_proj", "message_gate_proj"):
        site.linear(name, rank, hidden, "replicated")


def lower_scaled_residual(residual: ScaledResidual, site: Site) -> None:
    for name in ("result_scale", "result_shift", "input_scale", "input_shift"):
        site.weight(name, (residual.hidden_size,), "replicated")
