"""Normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True)
class Norm(Component):
    """Normalisation over `size` features: `rms` has a gain, `layer` a gain and (`bias`) an offset."""

    kind: ClassVar[str] = "norm"

    size: int
    form: Literal["rms", "layer"] = "rms"
    bias: bool = False
