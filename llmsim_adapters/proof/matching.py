"""Match the stored tensors of one layer, or of what stands around layers, with the graph's."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.proof.alike import Side, affinity, joined, packed, packed_parts, refined, same
from llmsim_adapters.proof.stored import bits_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Pair = tuple[tuple[Side, ...], tuple[Side, ...]]
_MOST_PARTS: Final = 5
_MOST_CANDIDATES: Final = 14
_MOST_COMPARED: Final = 250_000
"""Pairs beyond which nothing is compared, so that no file takes long; the largest published layers have thousands."""


class Match(NamedTuple):
    """Which stored tensors are which of the graph's, and what is left on both sides."""

    pairs: tuple[Pair, ...]
    stored: tuple[Side, ...]
    wanted: tuple[Side, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is left."""
        return not self.stored and not self.wanted


def match(stored: Sequence[Side], wanted: Sequence[Side]) -> Match:
    """Return the match that leaves least: tensors by themselves first, or what is fused first."""
    best: Match | None = None
    for order in (("one", "joined"), ("joined", "one")):
        found = _Matching(stored, wanted).run(order)
        if best is None or _left(found) < _left(best):
            best = found
        if best.complete:
            break
    assert best is not None
    return best


def match_alone(stored: Sequence[Side], wanted: Sequence[Side]) -> Match:
    """Return the match of tensors by themselves, of one shape, with nothing fused."""
    return _Matching(stored, wanted).alone()


def _left(found: Match) -> int:
    return sum(side.elements + 1 for side in (*found.stored, *found.wanted))


class _Matching:
    def __init__(self, stored: Sequence[Side], wanted: Sequence[Side]) -> None:
        self._stored, self._wanted = list(stored), list(wanted)
        self._pairs: list[Pair] = []

    def alone(self) -> Match:
        self._unstack()
        self._one_by_one(same)
        return Match(tuple(self._pairs), tuple(self._stored), tuple(self._wanted))

    def run(self, order: tuple[str, ...]) -> Match:
        for unstacked in (False, True):
            if unstacked:
                self._unstack()
            for step in order:
                if step == "one":
                    self._one_by_one(lambda s, w: same(s, w) and bits_of(s.dtype) == bits_of(w.dtype))
                    self._one_by_one(same)
                else:
                    self._joined()
            self._one_by_one(packed)
            self._packed()
            self._one_by_one(refined)
        return Match(tuple(self._pairs), tuple(self._stored), tuple(self._wanted))

    def _one_by_one(self, fits: Callable[[Side, Side], bool]) -> None:
        if len(self._stored) * len(self._wanted) > _MOST_COMPARED:
            return  # what differs in so much is no checkpoint of this model
        found = [
            (-affinity(s.name, w.name), at, to)
            for at, s in enumerate(self._stored)
            for to, w in enumerate(self._wanted)
            if fits(s, w)
        ]
        taken: set[int] = set()
        given: set[int] = set()
        for _, at, to in sorted(found):
            if at not in taken and to not in given:
                taken.add(at)
                given.add(to)
                self._pairs.append(((self._stored[at],), (self._wanted[to],)))
        self._stored = [side for at, side in enumerate(self._stored) if at not in taken]
        self._wanted = [side for to, side in enumerate(self._wanted) if to not in given]

    def _joined(self) -> None:
        if len(self._stored) * len(self._wanted) > _MOST_COMPARED:
            return
        for whole in sorted(self._stored, key=lambda side: -side.elements):
            if parts := _parts(whole, self._wanted, lambda w, p: affinity(w.name, p.name)):
                self._stored.remove(whole)
                self._wanted = [side for side in self._wanted if side not in parts]
                self._pairs.append(((whole,), parts))
        for whole in sorted(self._wanted, key=lambda side: -side.elements):
            if parts := _parts(whole, self._stored, lambda w, p: affinity(p.name, w.name)):
                self._wanted.remove(whole)
                self._stored = [side for side in self._stored if side not in parts]
                self._pairs.append((parts, (whole,)))

    def _packed(self) -> None:
        for whole in [side for side in self._wanted if bits_of(side.dtype) < 8]:
            if parts := _parts(whole, self._stored, lambda w, p: affinity(p.name, w.name), packed_parts):
                self._wanted.remove(whole)
                self._stored = [side for side in self._stored if side not in parts]
                self._pairs.append((parts, (whole,)))

    def _unstack(self) -> None:
        """Take apart what was stacked, where as a stack it is nothing that is wanted."""
        self._stored = [each for side in self._stored for each in apart(side)]


def apart(side: Side) -> Sequence[Side]:
    """Return the tensors of a stack."""
    if len(side.keys) == 1:
        return (side,)
    return [side._replace(shape=side.shape[1:], keys=(key,)) for key in side.keys]


def _parts(
    whole: Side,
    among: Sequence[Side],
    near: Callable[[Side, Side], float],
    fits: Callable[[Side, tuple[Side, ...]], bool] = joined,
) -> tuple[Side, ...]:
    """Return the parts that make up a whole, of those that could the ones whose names are nearest."""
    smaller = [side for side in among if side.elements < whole.elements and len(side.dims) <= len(whole.dims)]
    smaller.sort(key=lambda side: -near(whole, side))
    candidates = smaller[:_MOST_CANDIDATES]
    measured = [(side.bits if fits is packed_parts else side.elements, side) for side in candidates]
    target = whole.bits if fits is packed_parts else whole.elements
    for count in range(2, _MOST_PARTS + 1):
        for chosen in combinations(measured, count):
            if sum([size for size, _ in chosen]) == target:  # which few are, and what else there is to see is slow
                parts = tuple([side for _, side in chosen])
                if fits(whole, parts):
                    return parts
    return ()
