"""The lowerings of residual connections of several streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import HyperConnection, HyperHead, LowRankHyperConnection


def lower_hyper_connection(connection: HyperConnection, site: Site) -> None:
    """Weights to collapse and to spread, and of the mixing matrix; the mixture is the one product beside theirs."""
    hidden, streams, tokens = connection.hidden_size, connection.streams, site.step.tokens
    if connection.mixes:
        _stream_weights(site, hidden, streams, streams * (streams + 2), scales=3)
        site.product("mix", streams, hidden, streams, tokens * streams * hidden, site.step.dtype, batch=tokens)
    else:
        _stream_weights(site, hidden, streams, 2 * streams, scales=2)


def lower_hyper_head(head: HyperHead, site: Site) -> None:
    _stream_weights(site, head.hidden_size, head.streams, head.streams, scales=1)


def lower_low_rank_hyper_connection(connection: LowRankHyperConnection, site: Site) -> None:
    """The streams' sum and what each gets of the result are elementwise."""
    joined, rank = connection.streams * connection.hidden_size, connection.rank
    site.norm("hc_norm", Norm(joined))
    site.linear("input_mix_weight_down", joined, rank, "replicated", quantized=False)
    site.linear("input_mix_weight_up", rank, joined, "replicated", quantized=False)
    if connection.injects:
        site.linear("block_inject_weight", joined, connection.streams, "replicated", quantized=False)


def _stream_weights(site: Site, hidden: int, streams: int, outputs: int, scales: int) -> None:
    """Emit what projects weights from all streams together, each kind with a bias and a scale."""
    site.norm("input_norm", Norm(streams * hidden, gain=False))
    site.linear("fn", streams * hidden, outputs, "replicated", quantized=False)
    site.weight("base", (outputs,), "replicated")
    site.weight("scale", (scales,), "replicated")
