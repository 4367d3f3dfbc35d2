"""The figures of a graph as sums: of what each is, in which unit and number formats, and what its parts are.

A figure is of the whole `model`; of one `rank`; of what one rank does in a `step`; or of one `sequence`, of the whole
model or on one rank of those that work on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llmsim_adapters.graph.graph import LONG_CONTEXT, MTP, routed_at
from llmsim_adapters.graph.meanings import MARGINAL, MEANINGS
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from llmsim_adapters.graph.cache import Cache
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.meanings import Scope, Unit
    from llmsim_adapters.graph.operator import Operator, Weight


class Part(NamedTuple):
    """A summand of a figure: its path, the component that it is of, its value, and the number formats in it."""

    path: str
    component: str
    value: int
    formats: tuple[str, ...]
    sizes: tuple[int, ...] = ()
    kind: str = ""


class Figure(NamedTuple):
    """A figure: the sum of its parts."""

    name: str
    unit: Unit
    of: Scope
    parts: tuple[Part, ...]

    @property
    def value(self) -> int:
        """The sum."""
        return sum(part.value for part in self.parts)

    @property
    def formats(self) -> tuple[str, ...]:
        """The number formats in it, those of the largest parts first."""
        return tuple(_largest_first((name, part.value) for part in self.parts for name in part.formats))

    @property
    def components(self) -> dict[str, int]:
        """What each component has of it, the largest first."""
        return _largest_first((part.component, part.value) for part in self.parts)


def figures(graph: OperatorGraph, tokens: int) -> tuple[Figure, ...]:
    """Return the figures of a graph that has them; caches are those of a sequence of `tokens` tokens."""
    of = _sums(graph, tokens)
    found = (Figure(name, unit, scope, tuple(of[name]())) for name, (unit, scope) in MEANINGS.items())
    return tuple(figure for figure in found if figure.parts)


def held(graph: OperatorGraph) -> dict[str, int]:
    """Return the figures that reports are compared by: of what the files hold, of the step, of a long sequence."""
    elements = graph.elements()
    return {
        "parameters": elements.parameters,
        "active_parameters": elements.parameters - graph.idle_parameters,
        "mtp_parameters": elements.mtp_parameters,
        "buffers": elements.buffers,
        "weight_bytes": graph.weight_bytes,
        "flops": graph.flops,
        f"kv_cache_elements_of_{LONG_CONTEXT}_tokens": graph.kv_cache_elements(LONG_CONTEXT),
        "state_elements_per_sequence": graph.state_elements_per_sequence,
    }


def meanings(graph: OperatorGraph) -> dict[str, dict[str, Any]]:
    """Return the unit, the scope and the formats of each total of a graph, ready for JSON."""
    found = {figure.name: figure for figure in figures(graph, 1)}
    said: dict[str, dict[str, Any]] = {
        name: {"unit": unit, "of": scope, "formats": list(found[name].formats) if name in found else []}
        for name, (unit, scope) in MEANINGS.items()
    }
    name, unit, scope = MARGINAL
    said[name] = {"unit": unit, "of": scope, "formats": list(_unique(cache.dtype for cache in graph.growing))}
    return {name: said[name] for name in graph.totals()}


def component(stack: str, name: str) -> str:
    """Return the component of a tensor or operator, in words: that of a tower is the tower."""
    if stack not in ("text", "model"):
        return stack.replace("_", " ")
    first, *rest = name.split(".")
    if first.endswith("norm"):
        return "norms"
    if first == "mixture_of_experts":
        return rest[0].replace("_", " ") if rest and rest[0].endswith("experts") else "router"
    return first.replace("_", " ")


def _sums(graph: OperatorGraph, tokens: int) -> dict[str, Callable[[], Iterable[Part]]]:
    kept = [cache for cache in graph.caches if cache.kind != "state"]
    states = [cache for cache in graph.caches if cache.kind == "state"]
    counted = [op for op in graph.operators if op.flops]
    return {
        "parameters": lambda: _elements(graph, "parameter", mtp=False),
        "active_parameters": lambda: _active(graph),
        "mtp_parameters": lambda: _elements(graph, "parameter", mtp=True),
        "buffers": lambda: _elements(graph, "buffer", mtp=False),
        "weight_bytes": lambda: (
            _weight(w, w.rank_bytes)._replace(
                formats=(w.rank_dtype or w.dtype,), sizes=(), kind=w.rank_dtype or w.dtype
            )
            for w in graph.weights
            if w.stack != MTP or graph.schedule.mtp
        ),
        "flops": lambda: (_product(op, op.flops)._replace(sizes=(op.m, op.k, op.n)) for op in counted),
        "flops_executed": lambda: (_product(op, op.flops_executed) for op in counted),
        "bytes_moved": lambda: (_product(op, op.bytes)._replace(formats=_unique(op.dtypes)) for op in graph.operators),
        "transfer_bytes": lambda: (
            Part(t.path, component(t.stack, t.name), t.bytes, (t.dtype,), (t.rows, t.width, t.copies))
            for t in graph.transfers
        ),
        "kv_cache_elements": lambda: (_cache(c, c.elements(tokens)) for c in kept),
        "rank_kv_cache_bytes": lambda: (_cache(c, c.rank_bytes(tokens)) for c in kept),
        "state_elements_per_sequence": lambda: (_cache(c, c.elements(0)) for c in states),
        "rank_state_bytes": lambda: (_cache(c, c.rank_bytes(0)) for c in states),
    }


def _elements(graph: OperatorGraph, role: str, *, mtp: bool) -> Iterator[Part]:
    for weight in graph.weights:
        if weight.role == role and (weight.stack == MTP) == mtp:
            yield _weight(weight, weight.elements)


def _active(graph: OperatorGraph) -> Iterator[Part]:
    """Yield the parameters that one token uses: of routed experts, those that it is sent to."""
    routed: dict[str, list[Weight]] = {}
    said = {where for where, _, _ in graph.routing}
    for weight in graph.weights:
        if weight.role == "parameter" and weight.stack != MTP:
            if where := routed_at(weight, said):
                routed.setdefault(where, []).append(weight)
            else:
                yield _weight(weight, weight.elements)
    for where, experts, top_k in graph.routing:
        if weights := routed.get(where):
            used = ceil_div(sum(weight.elements for weight in weights) * top_k, experts)
            formats = _unique(weight.dtype for weight in weights)
            yield Part(f"{where}.experts", "experts", used, formats, kind="those that a token is sent to")


def _weight(weight: Weight, value: int) -> Part:
    path = f"{weight.stack}.{weight.block}.{weight.name}"
    return Part(path, component(weight.stack, weight.name), value, (weight.dtype,), weight.shape)


def _product(op: Operator, value: int) -> Part:
    return Part(op.path, component(op.stack, op.name), value, (" × ".join(_unique(op.dtypes[:2])),))


def _cache(cache: Cache, value: int) -> Part:
    path = f"{cache.stack}.{cache.block}"
    return Part(path, path, value, (cache.dtype,), kind=cache.kind)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _largest_first(values: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, value in values:
        found[name] = found.get(name, 0) + int(value)
    return dict(sorted(found.items(), key=lambda item: -item[1]))
