"""What a feature is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic

from llmsim_adapters.spec.model import Node

if TYPE_CHECKING:
    from collections.abc import Callable

ELEMENTWISE: Final = "elementwise: no weights, no matrix product"
"""The usual reason why a feature costs nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Feature(Generic[Node]):
    """A named property of one kind of node.

    `costless` is the reason why no figure changes with it; None: some figure does. `uncounted` says what of it even
    builders that have it leave out, and what they count: a gap of every model that has it.
    """

    name: str
    summary: str
    on: type[Node]
    present: Callable[[Node], bool]
    remove: Callable[[Node], Node]
    costless: str | None = None
    uncounted: str | None = None

    def __str__(self) -> str:
        return self.name
