"""Tensors of which nobody knows what they do."""

from __future__ import annotations

from typing import ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTensors(Component):
    """Tensors that files hold and that no key of the config explains: their `shapes`, and no more.

    They are in every figure of weights, and in none of what is computed or cached.
    """

    kind: ClassVar[str] = "stored_tensors"

    shapes: tuple[tuple[int, ...], ...]
