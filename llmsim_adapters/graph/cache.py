"""Caches: what a sequence leaves behind in a model for its next tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from llmsim_adapters.spec.dtypes import bytes_of
from llmsim_adapters.traced import minimum

if TYPE_CHECKING:
    from llmsim_adapters.graph.operator import Sharding


class Cache(NamedTuple):
    """The cache of `layers` positions that keep the same thing, for one sequence.

    A `key_value` or `latent` cache has `elements_per_entry` for each token that it holds, at most `window` of them;
    a `state` has one entry whatever the length. `layers` counts the positions that own a cache; `shared_with` more
    read it.
    """

    kind: Literal["key_value", "latent", "state"]
    stack: str
    block: str
    layers: int
    elements_per_entry: int
    window: int | None
    dtype: str
    sharding: Sharding
    shared_with: int = 0

    def entries(self, tokens: int, reserve: bool = False) -> int:
        """Return how many entries a layer holds after `tokens` tokens.

        With `reserve`, a windowed layer holds all of them: an engine without window-aware paging.
        """
        if self.kind == "state":
            return 1
        if self.window is None or reserve:
            return tokens
        return minimum(tokens, self.window)

    def elements(self, tokens: int, reserve: bool = False) -> int:
        """Return the elements of all its layers after `tokens` tokens."""
        return self.layers * self.elements_per_entry * self.entries(tokens, reserve)

    def bytes(self, tokens: int, reserve: bool = False) -> int:
        """Return the bytes of all its layers after `tokens` tokens."""
        return bytes_of(self.elements(tokens, reserve), self.dtype)
