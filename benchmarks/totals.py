"""What is timed of a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import llmsim_adapters as la

if TYPE_CHECKING:
    from llmsim_adapters.model import Model

SCHEDULE: Final = la.Schedule(batch_size=8, seq_len=1024, context_len=512)
"""Not the default one, whose graph a model keeps."""


def totals(model: Model) -> tuple[int, ...]:
    """Build a model's graph and return every total of it."""
    graph = model.build(SCHEDULE)
    return (
        graph.parameters,
        graph.mtp_parameters,
        graph.buffers,
        graph.active_parameters,
        graph.flops,
        graph.flops_executed,
        graph.weight_bytes,
        graph.kv_cache_elements(4096),
        graph.kv_cache_elements_per_token,
        graph.state_elements_per_sequence,
    )
