"""Caches: what a sequence leaves behind in a model for its next tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from llmsim_adapters.spec.dtypes import bytes_of
from llmsim_adapters.traced import ceil_div, minimum

if TYPE_CHECKING:
    from llmsim_adapters.graph.operator import Sharding

CacheKind = Literal["key_value", "latent", "indexer", "state"]


class Cache(NamedTuple):
    """The cache of `layers` positions that keep the same thing, for one sequence.

    A `state` has one entry whatever the length; every other kind has `elements_per_entry` for each token that it holds,
    at most `window` of them, or for each `stride` tokens; `prompt` tokens of the model's own precede them. Where an
    encoder has several rows of each token, there are so many entries `per_token`, and a window is of these. `layers`
    counts the positions that own a cache; `shared_with` more read it. What is kept `from_encoder` has an entry for each
    token of an encoder's output, and none where there is no encoder. An entry is in `ways` parts on as many ranks, but
    for `copied` elements of it, which are on every rank. Where it is `windowed`, its engine has a pool of its own for
    it, so that it reserves no more than the window; what is reserved comes in pages of `page` entries. What is `idle`
    is only reserved: its engine sets it aside, and nothing is ever kept in it.
    """

    kind: CacheKind
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
    ways: int = 1
    copied: int = 0
    from_encoder: bool = False
    windowed: bool = False
    page: int = 1
    idle: bool = False
    per_token: int = 1

    def entries(self, tokens: int, reserve: bool = False, encoder_tokens: int = 0) -> int:
        """Return how many entries a layer holds after `tokens` tokens, beside an encoder's output of `encoder_tokens`.

        With `reserve`, it is what the engine sets aside: whole pages, and for a layer with a window all tokens, unless
        its engine keeps such layers apart.
        """
        if self.idle and not reserve:
            return 0
        if self.kind == "state":
            return 1
        if self.from_encoder:
            return encoder_tokens
        if self.prompt:
            tokens = tokens + self.prompt
        if self.per_token != 1:
            tokens = tokens * self.per_token
        if self.stride != 1:
            return tokens // self.stride
        if self.window is not None and (self.windowed or not reserve):
            tokens = minimum(tokens, self.window)
        if reserve and self.page != 1:
            tokens = ceil_div(tokens, self.page) * self.page
        return tokens

    def elements(self, tokens: int, reserve: bool = False, encoder_tokens: int = 0) -> int:
        """Return the elements of all its layers after `tokens` tokens."""
        return self.layers * self.elements_per_entry * self.entries(tokens, reserve, encoder_tokens)

    def bytes(self, tokens: int, reserve: bool = False, encoder_tokens: int = 0) -> int:
        """Return the bytes of all its layers after `tokens` tokens."""
        return bytes_of(self.elements(tokens, reserve, encoder_tokens), self.dtype)

    def rank_bytes(self, tokens: int, reserve: bool = False, encoder_tokens: int = 0) -> int:
        """Return the bytes of all its layers on one rank after `tokens` tokens."""
        entry = self.elements_per_entry
        entry = ceil_div(entry - self.copied, self.ways) + self.copied if self.copied else ceil_div(entry, self.ways)
        return bytes_of(self.layers * entry * self.entries(tokens, reserve, encoder_tokens), self.dtype)
