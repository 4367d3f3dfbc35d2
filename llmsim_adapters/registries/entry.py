"""What an engine's source says of one architecture that it registers."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from llmsim_adapters.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Rename:
    """A config of other architectures that an engine gives this architecture's name, and what else it then says."""

    targets: tuple[str, ...]
    keys: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """An architecture of a release.

    Attributes:
        architecture: the name by which configs ask for it.
        module: the module that has its class.
        kind: what is loaded under the name: a causal language model, a draft, an encoder …
        base: the registered class that its class is derived from.
        alias: whether its class adds nothing to that one, or is that one.
        rename: whose config the engine takes for it.
    """

    architecture: str
    module: str
    kind: str
    base: str | None = None
    alias: bool = False
    rename: Rename | None = None
