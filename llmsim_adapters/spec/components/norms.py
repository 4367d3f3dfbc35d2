"""Normalisation."""

from __future__ import annotations

from typing import ClassVar, Literal

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True)
class Norm(Component):
    """Normalisation over `size` features, by root mean square or (`layer`) by mean and variance.

    It has a `gain` for each feature and, with `bias`, an offset; `sets` of them where heads have their own.
    With `gate_rank`, the result is multiplied by a gate that two projections by way of that many numbers make of it.
    With `condition_rank`, it is multiplied by what two such projections make of one vector for all tokens of a step, as
    that of a time (adaptive norms, arXiv:2212.09748).
    """

    kind: ClassVar[str] = "norm"

    size: int
    form: Literal["rms", "layer"] = "rms"
    bias: bool = False
    gain: bool = True
    sets: int = 1
    gate_rank: int = 0
    condition_rank: int = 0


@dataclass(frozen=True, slots=True)
class BatchNorm(Component):
    """Normalisation of each of `size` channels by statistics of the training, which are stored (arXiv:1502.03167).

    It has a gain and an offset for each, and beside them the mean, the variance, and the number of batches seen.
    """

    kind: ClassVar[str] = "batch_norm"

    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale(Component):
    """Multiplies hidden states by `size` numbers, one for each feature or one for all, trained or only stored.

    With `shifted`, as many numbers are added before.
    """

    kind: ClassVar[str] = "scale"

    size: int
    trained: bool = True
    shifted: bool = False
