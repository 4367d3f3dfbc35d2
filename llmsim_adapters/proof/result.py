"""What comes of holding a checkpoint's tensors against a graph's: the proof, and each tensor that is otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from llmsim_adapters.evaluation.recorded import Recorded
from llmsim_adapters.text import human, printable


class Difference(NamedTuple):
    """A tensor that only one side has, or that the sides have otherwise.

    `name` is the file's, empty where it has none; `path` is the graph's, empty where it has none.
    """

    name: str
    path: str
    shape: tuple[int, ...]
    dtype: str
    wanted_shape: tuple[int, ...] | None = None
    wanted_dtype: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the difference, ready for JSON."""
        wanted = None if self.wanted_shape is None else list(self.wanted_shape)
        return {**self._asdict(), "shape": list(self.shape), "wanted_shape": wanted}


@dataclass(frozen=True)
class Proof:
    """A checkpoint's tensors against a graph's.

    Attributes:
        location: where the files are.
        files: how many there are, and how many bytes of headers were read.
        header_bytes: bytes that were read of all files.
        matched: tensors of the files that are of the graph.
        missing: tensors of the graph that are in no file.
        unexpected: tensors of the files that are not in the graph.
        other_shape: tensors that both have, in different shapes.
        other_format: tensors that both have, in different number formats.
        copies: embeddings and heads that files hold a second time; no difference.
        derived: what a model computes from its config, and files hold all the same; no difference.
        unused: rows of a head beyond the vocabulary, and experts that do nothing, which nothing reads; no difference.
        beside: scales of the cache, and what says how quantized tensors are to be read; no difference.
        names_digest: of the files' names, formats and shapes.
        graph_digest: of the graph's shapes and formats, without absent parts.
        absent: parts that only run where asked for, as multi-token prediction, of which the files hold nothing.
        fused: of the matched ones, those that are several of the graph's, or a part of one.
        notes: what the files could not say.
    """

    location: str
    files: int
    header_bytes: int
    matched: int
    missing: tuple[Difference, ...]
    unexpected: tuple[Difference, ...]
    other_shape: tuple[Difference, ...]
    other_format: tuple[Difference, ...]
    copies: tuple[str, ...]
    derived: tuple[str, ...]
    absent: tuple[str, ...]
    fused: int
    stored_elements: int
    stored_bytes: int
    graph_elements: int
    graph_bytes: int
    notes: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    names_digest: str = ""
    graph_digest: str = ""

    @property
    def tensors(self) -> int:
        """Tensors of the files."""
        apart = (self.copies, self.derived, self.unused, self.beside)
        return self.matched + sum(map(len, (self.unexpected, self.other_shape, *apart)))

    @property
    def equal(self) -> bool:
        """Whether every tensor of the files is one of the graph, and every tensor of the graph is there."""
        return not (self.missing or self.unexpected or self.other_shape or self.other_format)

    def recorded(self, revision: str | None = None) -> Recorded | None:
        """Return what is kept of the proof; None where the sides differ."""
        if not self.equal:
            return None
        sums = int(self.graph_elements), int(self.graph_bytes)
        return Recorded(*sums, self.tensors, self.names_digest, self.graph_digest, revision, self.absent)

    def __repr__(self) -> str:
        verdict = "equal" if self.equal else "different"
        return f"<Proof {printable(self.location)}: {verdict}, {self.matched:,} tensors matched>"

    def to_dict(self) -> dict[str, Any]:
        """Return the proof, ready for JSON."""
        lists = ("missing", "unexpected", "other_shape", "other_format")
        plain = ("location", "files", "header_bytes", "matched", "fused", "names_digest", "graph_digest")
        sums = ("stored_elements", "stored_bytes", "graph_elements", "graph_bytes")
        return {
            "equal": self.equal,
            **{name: getattr(self, name) for name in plain},
            **{name: [each.to_dict() for each in getattr(self, name)] for name in lists},
            **{
                name: list(getattr(self, name)) for name in ("copies", "derived", "unused", "beside", "absent", "notes")
            },
            **{name: int(getattr(self, name)) for name in sums},
        }

    def verdict(self) -> str:
        """Return the verdict in one line."""
        if self.equal:
            return f"proven: all {self.matched:,} tensors are the graph's, {human(self.stored_elements, 'elements')}"
        said = (
            (len(self.missing), "missing"),
            (len(self.unexpected), "unexpected"),
            (len(self.other_shape), "of another shape"),
            (len(self.other_format), "of another format"),
        )
        return "not proven: " + ", ".join(f"{count:,} {what}" for count, what in said if count)
