"""Normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True)
class Norm(Component):
    """Normalisation over `size` features, by root mean square or (`layer`) by mean and variance.

    It has a `gain` for each feature and, with `bias`, an offset; `sets` of them where heads have their own.
    """

    kind: ClassVar[str] = "norm"

    size: int
    form: Literal["rms", "layer"] = "rms"
    bias: bool = False
    gain: bool = True
    sets: int = 1
