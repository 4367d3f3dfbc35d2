"""What makes embeddings of a decoder's hidden states: which architectures have layers for that, and of what sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.scores import count_labels
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llmsim_adapters.dialects.reading.reader import Reader


def _to_labels(r: Reader, hidden: int) -> tuple[Projection, ...]:
    """Read one layer, to as many numbers as there are labels."""
    return (Projection(input_size=hidden, output_size=count_labels(r)),)


def _ranking(r: Reader, hidden: int) -> tuple[Projection, ...]:
    """Read two layers, to half as many numbers, and to those that the code fixes."""
    r.check("hidden_size", hidden > 1, "has no half")
    half, width = hidden // 2, r.constant("embedding_size", 512, "fixed by the class")
    return Projection(input_size=hidden, output_size=half), Projection(input_size=half, output_size=width)


EMBEDDINGS: Final[Mapping[str, Callable[[Reader, int], tuple[Projection, ...]]]] = {
    "JinaForRanking": _ranking,  # vLLM's jina.py
    "VoyageQwen3BidirectionalEmbedModel": _to_labels,  # vLLM's voyage.py
}
"""The architectures whose hidden states are projected to embeddings, each token's."""
