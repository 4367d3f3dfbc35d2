"""Inkling's picture encoder: projections of ever larger squares, each of which folds what the one before has made.

Squares grow by the prime factors of a patch's side, then over its frames; of these sizes the layers have those that
are nearest to equal steps from one number to all of a patch. Source: transformers `InklingVisionConfig`,
`plan_out_scales`.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from math import log
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Norm, Projection
from llmsim_adapters.spec.model import ModelSpec, Stack

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component


class Fold(NamedTuple):
    """What one layer's results are of: so many frames and pixels a side, in so many channels."""

    frames: int
    side: int
    channels: int

    @property
    def pixels(self) -> int:
        """The pixels of one result, of all frames."""
        return self.frames * self.side * self.side


def read(r: Reader, *, unit: int = 1) -> ModelSpec:
    """Read the encoder, of whose layers those over several frames have 64 channels for each `unit` of their pixels'."""
    r.word("vision_encoder_type", ("hmlp",))
    out, found = r.size("text_hidden_size"), folds(r, unit=unit)
    if not found:
        return ModelSpec(r.model_type, ())
    after: list[Component] = []
    rows: list[str] = []
    for number, (fold, into) in enumerate(pairwise(found), 1):
        is_last = number == len(found) - 1
        width = out if is_last else into.channels
        after.append(Projection(input_size=fold.channels * (into.pixels // fold.pixels), output_size=width))
        if not is_last or r.flag("use_vision_norm"):
            after.append(Norm(width))
        rows += [f"folded_{number}"] * (len(after) - len(rows))
    stack = Stack("encoder", (), (), after=tuple(after), axis="patches", after_rows=tuple(rows))
    return ModelSpec(r.model_type, (stack,))


def folds(r: Reader, *, unit: int = 1) -> tuple[Fold, ...]:
    """Read what goes into the first layer, and what each layer makes; nothing where several sizes are as near."""
    layers, side, frames = (int(r.size(name)) for name in ("num_hidden_layers", "patch_size", "temporal_patch_size"))
    r.check("patch_size", side > 1, "is 1; expected a side that has a prime factor")
    return planned(layers, max(side, 2), frames, int(r.size("num_channels")), unit=unit)


def planned(layers: int, side: int, frames: int, channels: int, *, unit: int) -> tuple[Fold, ...]:
    """Return the folds of so many layers over patches of a side and of frames; none where rounding decides.

    Results of several frames have 64 channels for each `unit` of their pixels' channels.
    """
    scales, reached = [Fold(1, 1, channels)], 1
    for factor in reversed(_prime_factors(side)):
        reached *= factor
        scales.append(Fold(1, reached, -(-reached * reached * channels // 64) * 64))
    deep = 1
    for factor in reversed(_prime_factors(frames)):
        deep *= factor
        scales.append(Fold(deep, side, -(-side * side * channels * deep // unit) * 64))
    whole = log(side * side * frames * channels)
    distances = [[abs(whole * step / layers - log(scale.pixels)) for scale in scales] for step in range(layers + 1)]
    chosen = _nearest(distances) if layers >= len(scales) else _nearest_apart(distances)
    if not chosen:
        return ()
    chosen[0], chosen[-1] = 0, len(scales) - 1
    return tuple(scales[index] for index in chosen)


def _nearest(distances: list[list[float]]) -> list[int]:
    """Return the index of the least of each row, or none where two are as small; ends are given."""
    for row in distances[1:-1]:
        first, second = sorted(row)[:2]
        if second - first < _AS_NEAR:
            return []
    return [row.index(min(row)) for row in distances]


def _nearest_apart(distances: list[list[float]]) -> list[int]:
    """Return an index of its own for each row, so that the sum is the least there is; none where several are.

    Of points on a line the least of all assignments is an ordered one.
    """
    best: list[tuple[float, tuple[int, ...], bool]] = [(0.0, (), False)]
    for row in distances:
        found = []
        for index, distance in enumerate(row):
            before = sorted(each for each in best if not each[1] or each[1][-1] < index)
            if before:
                cost, path, tied = before[0]
                tied = tied or (len(before) > 1 and before[1][0] - cost < _AS_NEAR)
                found.append((cost + distance, (*path, index), tied))
        best = found
    (cost, path, tied), *others = sorted(best)
    tied = tied or any(other - cost < _AS_NEAR for other, _, _ in others)
    return [] if tied or _crossing(distances, path) else list(path)


def _crossing(distances: list[list[float]], path: tuple[int, ...]) -> bool:
    """Whether two rows may as well have each other's index."""
    return any(
        distances[i][b] + distances[j][a] - distances[i][a] - distances[j][b] < _AS_NEAR
        for (i, a), (j, b) in combinations(enumerate(path), 2)
    )


def _prime_factors(number: int) -> list[int]:
    factors, factor = [], 2
    while factor * factor <= number:
        while number % factor == 0:
            factors.append(factor)
            number //= factor
        factor += 1
    return [*factors, number] if number > 1 else factors


_AS_NEAR: Final = 1e-5
"""What is rounding of differences of logarithms: in which order equal ones stand is no rule of the class's."""

DIALECT = Dialect(
    "inkling_vision",
    read,
    {
        "num_hidden_layers": 24,
        "num_channels": 3,
        "patch_size": 40,
        "temporal_patch_size": 2,
        "text_hidden_size": 6144,
        "use_vision_norm": True,
        "vision_encoder_type": "hmlp",
    },
    aliases={"n_layers": "num_hidden_layers", "n_channels": "num_channels", "decoder_dmodel": "text_hidden_size"},
    costless={
        "hidden_size": "widths follow from squares of pixels",
        "num_attention_heads": "nothing attends",
    },
)
