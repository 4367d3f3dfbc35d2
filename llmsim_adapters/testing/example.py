"""A config that a builder's tests are about."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llmsim_adapters.loading import load

if TYPE_CHECKING:
    from llmsim_adapters.model import Model


@dataclass(frozen=True)
class Example:
    """A config that the builder claims, with the totals that are known of it from elsewhere.

    `source` is whatever `la.load` takes; a dictionary for most. `parameters` and `flops` (of a prefill of one sequence
    of `seq_len` tokens, logits of all of them) are those of the real model: count them in its own implementation.
    `by_token` is False where a step has linear layers over more or less than its new tokens: keys that are projected
    anew, a layer for the first token only.
    """

    source: Any
    parameters: int | None = None
    flops: int | None = None
    seq_len: int = 16
    by_token: bool = True

    def load(self) -> Model:
        """Load a copy of the config."""
        return load(deepcopy(self.source), offline=True)

    def config(self) -> dict[str, Any]:
        """Return the config as a dictionary, to be changed."""
        return dict(self.load().config.data)
