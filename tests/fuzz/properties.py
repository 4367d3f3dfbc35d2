"""What holds of every answer, whatever the config: it comes, in bounded time and memory, and what is full is sound."""

from __future__ import annotations

import time
import tracemalloc
from typing import TYPE_CHECKING, Any, Final, TypeVar

import llmsim_adapters as la

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

SECONDS: Final = 0.5
"""Of a processor, that an answer takes at most."""

BYTES: Final = 100_000_000
"""That an answer takes at most while it is made."""

FIGURES: Final = ("parameters", "active_parameters", "buffers", "mtp_parameters", "flops", "flops_executed")
STORED: Final = ("weight_bytes", "kv_cache_elements_per_token", "state_elements_per_sequence")


def answered(config: Mapping[str, Any]) -> la.Coverage:
    """Return the answer to a config, which holds what all answers hold."""
    model = la.load(config)
    coverage = model.coverage  # raises nothing, whatever the config
    assert coverage.status in ("fully_supported", "partially_supported", "not_supported")
    assert all(gap.name.isprintable() and gap.detail.isprintable() for gap in coverage.gaps)
    assert not [gap for gap in coverage.gaps if _is_a_fault(gap)], "an internal error"
    if coverage.status == "not_supported":
        assert coverage.gaps
    else:
        graph = model.build(la.Schedule(engine="checkpoint"))
        assert graph.gaps == coverage.gaps
        sound(graph)
    return coverage


def _is_a_fault(gap: la.Gap) -> bool:
    """Whether a gap came of code that raised, and not of a value that somebody thought of."""
    return gap.kind == "build_error" or gap.name == "config.json"


def sound(graph: la.OperatorGraph) -> None:
    """No figure of a graph is negative or not a whole number, and no tensor is empty."""
    for name in (*FIGURES, *STORED):
        value = getattr(graph, name)
        assert isinstance(value, int), f"{name} is {value!r}"
        assert value >= 0, f"{name} is {value}"
    assert 0 < graph.active_parameters <= graph.parameters
    for weight in graph.weights:
        assert min(weight.shape, default=1) > 0, f"{weight.name} is {weight.shape}"
        assert weight.count > 0, weight.name
    for operator in graph.operators:
        assert min(operator.flops, operator.flops_executed, operator.bytes) >= 0, operator.path


def bounded(what: object, do: Callable[[], T]) -> T:
    """Return what is done, held to the bounds of memory and, without the weight of measuring that, of time."""
    tracemalloc.start()
    try:
        done, seconds = _timed(do)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < BYTES, f"{what} takes {peak / 1e6:.0f} MB"
    if seconds >= SECONDS:  # the least of some tries, as others may use the machine, too
        seconds = min(_timed(do)[1] for _ in range(3))
    assert seconds < SECONDS, f"{what} takes {seconds:.2f} s"
    return done


def _timed(do: Callable[[], T]) -> tuple[T, float]:
    start = time.process_time()
    return do(), time.process_time() - start
