"""A proof that was kept: what a checkpoint's files and the graph had when each tensor of the one was of the other."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from llmsim_adapters.gap import Gap, GapKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.operator import Weight

_SHOWN = 12


class Recorded(NamedTuple):
    """A proof of one revision of a checkpoint.

    Attributes:
        total: elements of the graph, without those of `absent` parts.
        bytes: its bytes, likewise.
        tensors: tensors of the files.
        names: a digest of the files' names, formats and shapes.
        graph: a digest of the graph's formats and shapes.
        revision: the commit or revision of the files; None: a folder's.
        absent: optional parts of which the files hold nothing.
    """

    total: int
    bytes: int
    tensors: int
    names: str
    graph: str
    revision: str | None = None
    absent: tuple[str, ...] = ()

    def holds(self, graph: OperatorGraph) -> bool:
        """Whether a graph has the tensors that were proven."""
        return digest(graph, self.absent) == self.graph

    def differs(self, graph: OperatorGraph) -> Gap | None:
        """Return the gap of a graph that has other tensors; None where only how they are fused may be otherwise."""
        weights = list(_held(graph, self.absent))
        total, size = sum(int(each.elements) for each in weights), sum(int(each.bytes) for each in weights)
        if (total, size) == (self.total, self.bytes):
            return None
        at = f" at revision {self.revision[:_SHOWN]}" if self.revision else ""
        detail = (
            f"the graph has {total:,} elements in {size:,} bytes; when the files{at} were proven it had {self.total:,} "
            f"in {self.bytes:,}"
        )
        return Gap(GapKind.COUNT_MISMATCH, "tensors", detail)


def digest(graph: OperatorGraph, absent: Iterable[str] = ()) -> str:
    """Return a digest of how many tensors a graph has of each shape and format, whatever they are called."""
    found = Counter[tuple[tuple[int, ...], str]]()
    for each in _held(graph, absent):
        found[tuple(map(int, each.shape)), each.dtype] += int(each.count)
    lines = sorted(f"{list(shape)} {dtype} {count}" for (shape, dtype), count in found.items())
    return sha256("\n".join(lines).encode()).hexdigest()


def _held(graph: OperatorGraph, absent: Iterable[str]) -> Iterable[Weight]:
    gone = set(absent)
    return (each for each in graph.weights if each.role != "stored" and each.stack not in gone)
