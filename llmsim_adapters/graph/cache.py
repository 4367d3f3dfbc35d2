"""Caches: what a sequence leaves behind in a model for its next tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from llmsim_adapters.spec.dtypes import bytes_of
from llmsim_adapters.traced import minimum

if TYPE_CHECKING:
    from llmsim_adapters.graph.operator import Sharding


class Cache(NamedTuple):
    """The cache of `layers` positions that keep the same thing, for one sequence.

    A `state` has one entry whatever the length; every other kind has `elements_per_entry` for each token that it holds,
    at most `window` of them, or for each `stride` tokens; `prompt` tokens of the model's own precede them. `layers`
    counts the positions that own a cache; `shared_with` more read it.
    """

    kind: Literal["key_value", "latent", "indexer", "state"]
    stack: str
    block: str
    layers: int
    elements_per_entry: int
    window: int | None
    dtype: str
    sharding: Sharding
    shared_with: int = 0
    stride: int = 1
    prompt: int = 0

    def entries(self, tokens: int, reserve: bool = False) -> int:
        """Return how many entries a layer holds after `tokens` tokens.

        With `reserve`, a windowed layer holds all of them: an engine without window-aware paging.
        """
        if self.kind == "state":
            return 1
        if self.prompt:
            tokens = tokens + self.prompt
        if self.stride != 1:
            return tokens // self.stride
        if self.window is None or reserve:
            return tokens
        return minimum(tokens, self.window)

    def elements(self, tokens: int, reserve: bool = False) -> int:
        """Return the elements of all its layers after `tokens` tokens."""
        return self.layers * self.elements_per_entry * self.entries(tokens, reserve)

    def bytes(self, tokens: int, reserve: bool = False) -> int:
        """Return the bytes of all its layers after `tokens` tokens."""
        return bytes_of(self.elements(tokens, reserve), self.dtype)
