"""When a stored tensor can be one of the graph's: by shape, and by name where shapes leave a choice."""

from __future__ import annotations

import re
from functools import lru_cache
from math import prod
from typing import Final, NamedTuple

from llmsim_adapters.dialects.quantization.modules import LAYER, named, usual
from llmsim_adapters.proof.stored import bits_of

Dims = tuple[int, ...]
_SHORTEST: Final = 2
_BYTE: Final = 8


class Side(NamedTuple):
    """A tensor of either side: what it is called, its shape and format, and which tensors it stands for."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    keys: tuple[str, ...]
    """Names of stored tensors: several where they are stacked. Of the graph, one: a path with its position."""
    part: str = ""
    """Of the graph, the tensor's path without its position."""

    @property
    def dims(self) -> Dims:
        """The dimensions without those of one, in order of size: what transposing leaves."""
        return tuple(sorted(size for size in self.shape if size != 1))

    @property
    def elements(self) -> int:
        return prod(self.shape)

    @property
    def bits(self) -> int:
        return self.elements * bits_of(self.dtype)


def same(stored: Side, wanted: Side) -> bool:
    """Whether two tensors are of one shape, up to transposing and dimensions of one."""
    return stored.dims == wanted.dims


def refined(stored: Side, wanted: Side) -> bool:
    """Whether dimensions of one are products of the other's, as of heads and their size."""
    fewer, more = sorted((stored.dims, wanted.dims), key=len)
    if len(fewer) < _SHORTEST or len(fewer) == len(more) or prod(fewer) != prod(more):
        return False
    return _grouped(fewer, more)


def packed(stored: Side, wanted: Side) -> bool:
    """Whether a stored tensor of whole bytes or words holds the bits of one in a narrower format."""
    return _packs(stored.dtype) > bits_of(wanted.dtype) and stored.bits == wanted.bits


def _packs(dtype: str) -> int:
    """Return the bits of a word that may be packed, 0 of other formats."""
    return bits_of(dtype) if dtype.lstrip("u").startswith("int") else 0


def _grouped(fewer: Dims, more: Dims) -> bool:
    """Whether `more` can be put into groups whose products are `fewer`."""
    if not fewer:
        return not more
    target = fewer[0]
    for mask in range(1, 2 ** len(more)):
        group = [size for at, size in enumerate(more) if mask >> at & 1]
        rest = tuple(size for at, size in enumerate(more) if not mask >> at & 1)
        if prod(group) == target and _grouped(fewer[1:], rest):
            return True
    return False


def joined(whole: Side, parts: tuple[Side, ...]) -> bool:
    """Whether parts laid end to end along one dimension are the whole."""
    widths = {bits_of(part.dtype) for part in parts}
    if sum(part.elements for part in parts) != whole.elements or len(widths) > 1:
        return False
    if min(*widths, bits_of(whole.dtype)) < _BYTE and {bits_of(whole.dtype)} != widths:  # words: no elements
        return False
    return any(all(_slice_of(whole, size, part) for part in parts) for size in set(whole.dims))


def packed_parts(whole: Side, parts: tuple[Side, ...]) -> bool:
    """Whether stored words, whose shape says nothing, together hold the bits of one tensor in a narrower format."""
    return (
        all(_packs(part.dtype) > bits_of(whole.dtype) for part in parts)
        and sum(part.bits for part in parts) == whole.bits
    )


def _slice_of(whole: Side, along: int, part: Side) -> bool:
    rest = list(whole.dims)
    rest.remove(along)
    times, over = divmod(part.elements, max(prod(rest), 1))
    if over or len(part.dims) > len(whole.dims):
        return False
    cut = part._replace(shape=(*rest, times))
    return (same(part, cut) and len(part.shape) >= len(whole.dims)) or refined(part, cut)


@lru_cache(maxsize=16384)
def affinity(stored: str, wanted: str) -> float:
    """Return how much a stored tensor's name is like that of one of the graph: its words, and what is declared."""
    words, other = _words(stored), _words(wanted)
    score = 2 * len(words & other) / max(len(words | other), 1)
    score += 3 if ("bias" in words) == ("bias" in other) else 0
    score += 2 if ("norm" in words) == ("norm" in other) else 0
    score += 1 if ("scale" in words) == ("scale" in other) else 0
    module = stored.rpartition(".")[0] if stored.endswith((".weight", ".bias")) else stored
    wanted = wanted.rpartition(".bias")[0] or wanted.removesuffix(".weight")
    if wanted in named(usual(f"{LAYER}.{module.replace('*', '#')}")) or wanted in named(usual(module)):
        score += 5
    return score


_SYNONYMS: Final = (
    (re.compile(r"norm|(^|\.)ln|layer_?norm"), "norm"),
    (re.compile(r"scale"), "scale"),
    (re.compile(r"embed|wte|word"), "embedding"),
    (re.compile(r"wpe|position"), "position"),
    (re.compile(r"bias"), "bias"),
    (re.compile(r"cross|encoder_attn|encdec"), "cross"),
)


def _words(name: str) -> frozenset[str]:
    lowered = name.lower()
    found = {word for word in re.split(r"[._*#]+", lowered) if word}
    found |= {word for shape, word in _SYNONYMS if shape.search(lowered)}
    return frozenset(found - {"weight", "model", "proj", "layers", "layer"})
