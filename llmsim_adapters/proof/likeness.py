"""Which declared type a checkpoint of an undeclared one is most like: by its keys, then tensor by tensor."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.dialects.read import read
from llmsim_adapters.dialects.reading.find import built_in, declared_types
from llmsim_adapters.gap import GapKind
from llmsim_adapters.graph.schedule import Schedule
from llmsim_adapters.lowerings.wiring import wire
from llmsim_adapters.proof.headers import HeaderError
from llmsim_adapters.proof.proof import prove_tensors
from llmsim_adapters.proof.quantized import refuse_unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.proof.folder import Headers
    from llmsim_adapters.proof.result import Proof

_PROVEN: Final = 12
"""So many types, whose totals are nearest, and so many whose shapes are, are held against the files one by one."""

_CHECKPOINT: Final = Schedule(engine="checkpoint")


class Likeness(NamedTuple):
    """A declared type, what it does not read of a config, and how its graph and the files differ."""

    model_type: str
    unread: tuple[str, ...]
    gaps: tuple[str, ...]
    proof: Proof

    @property
    def differences(self) -> int:
        """How many tensors are otherwise."""
        found = self.proof
        return sum(map(len, (found.missing, found.unexpected, found.other_shape, found.other_format)))

    @property
    def elements(self) -> int:
        """How many elements are in these, on both sides."""
        found = self.proof
        alone = sum(prod(each.shape) for each in (*found.missing, *found.unexpected))
        return alone + sum(prod(each.shape) + prod(each.wanted_shape or ()) for each in found.other_shape)


def _apart(graph: OperatorGraph, headers: Headers) -> int:
    """Return the elements of tensors whose shape is on one side more often, whichever way they are stored."""
    counts: Counter[tuple[int, ...]] = Counter()
    for tensor in headers.tensors:
        counts[tuple(sorted(size for size in tensor.shape if size != 1))] += 1
    for weight in graph.weights:
        counts[tuple(sorted(int(size) for size in weight.shape if size != 1))] -= int(weight.count)
    return sum(abs(count) * prod(shape) for shape, count in counts.items())


def nearest(config: Mapping[str, Any], headers: Headers) -> Likeness:
    """Return the declared type that differs least: in elements of tensors first, then in keys that it does not read.

    Raises:
        HeaderError: no declared type can read the config, or it has its language model inside.
    """
    if any(isinstance(config.get(key), dict) for key in ("text_config", "llm_config", "language_config")):
        message = "the config has its language model inside: draft the dialect of that from its own config"
        raise HeaderError(message)
    stored = sum(tensor.elements for tensor in headers.tensors)
    ranked = []
    for name in sorted(declared_types()):
        if built_in(name) is None:
            continue
        reading = read({**config, "model_type": name})
        if reading.spec is None or reading.spec.towers:
            continue
        try:
            graph = wire(reading.spec, _CHECKPOINT)
        except Exception:  # of sizes that this type can't have
            continue
        unread = [gap.name for gap in reading.gaps if gap.kind is GapKind.UNREAD_KEY]
        gaps = [str(gap) for gap in reading.gaps if gap.kind is not GapKind.UNREAD_KEY]
        off = abs(int(graph.parameters + graph.buffers) - stored)
        apart = _apart(graph, headers)
        ranked.append((off, apart, len(unread), len(gaps), name, reading.spec, graph, unread, gaps))
    if not ranked:
        message = "no declared type can read the config: which sizes it has is not said by the usual keys"
        raise HeaderError(message)
    by_total = sorted(ranked, key=lambda row: (row[0], *row[2:5]))[:_PROVEN]
    by_shape = sorted(ranked, key=lambda row: row[1:5])[:_PROVEN]
    found = []
    for _, _, _, _, name, spec, graph, unread, gaps in {row[4]: row for row in (*by_total, *by_shape)}.values():
        refuse_unknown(spec)
        found.append(Likeness(name, tuple(unread), tuple(gaps), prove_tensors(spec, graph, headers)))
    return min(
        found, key=lambda each: (each.elements, each.differences, len(each.unread), len(each.gaps), each.model_type)
    )
