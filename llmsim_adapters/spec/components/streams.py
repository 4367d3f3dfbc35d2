"""Several hidden states for each token, of which a layer works on one (AltUp, arXiv:2301.13310; Gemma 3n)."""

from __future__ import annotations

from typing import ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternatingUpdates(Component):
    """What a layer does around its work on one of `streams`: predicts all of them before, corrects them after.

    Both are mixtures whose weights a router reads off the normalised stream; the corrected one has a trained scale.
    """

    kind: ClassVar[str] = "alternating_updates"

    hidden_size: int
    streams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamProjections(Component):
    """A square projection for each of `count` streams: from the embedding to them, or from them to the last state."""

    kind: ClassVar[str] = "stream_projections"

    hidden_size: int
    count: int
