"""What a feature is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.model import Node

if TYPE_CHECKING:
    from collections.abc import Callable

ELEMENTWISE: Final = "elementwise: no weights, no matrix product"
"""The usual reason why a feature costs nothing."""

MODEL: Final = "model"
QUANTIZATION: Final = "quantization"
GROUPS: Final = (MODEL, QUANTIZATION)
"""What features belong to that are about no one kind of component: a whole model, and how its weights are stored."""


@dataclass(frozen=True, slots=True, eq=False)
class Feature(Generic[Node]):
    """A named property of one kind of node.

    `costless` is the reason why no figure changes with it; None: some figure does. `group` is the kind of
    component that it is about, where that is not the one that it is on; a plugin's is about the one that it comes with.
    """

    name: str
    summary: str
    on: type[Node]
    present: Callable[[Node], bool]
    remove: Callable[[Node], Node]
    costless: str | None = None
    group: str = ""

    def __str__(self) -> str:
        return self.name
