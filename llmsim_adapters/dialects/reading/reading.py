"""A reading: what became of every key of a config."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from llmsim_adapters.gap import Gap
    from llmsim_adapters.spec.model import ModelSpec


class Origin(str, Enum):
    """How a canonical parameter came by its value."""

    GIVEN = "given"
    """The config says it under the canonical name."""
    ALIASED = "aliased"
    """The config says it under another name."""
    DEFAULTED = "defaulted"
    """The config leaves it to the model type."""
    DERIVED = "derived"
    """It follows from other parameters."""

    def __str__(self) -> str:
        return self.value


class Parameter(NamedTuple):
    """One canonical parameter: `key` is the dotted path of the raw key, None where the config has none."""

    name: str
    value: Any
    key: str | None
    origin: Origin

    def to_dict(self) -> dict[str, Any]:
        """Return the parameter, ready for JSON."""
        return {"value": _json_ready(self.value), "key": self.key, "origin": self.origin.value}


class Outvoted(NamedTuple):
    """A parameter, of those that `keys` say, in whose place the list at these paths says `what` layers are."""

    name: str
    keys: tuple[str, ...]
    what: str
    by: tuple[tuple[str, ...], ...]


class NotTaken(NamedTuple):
    """A parameter that was read under the key at a path, which the class `of` its level's type does not take."""

    name: str
    path: tuple[str, ...]
    of: str


def _json_ready(value: Any) -> Any:
    """Return a value from a config as strict JSON can say it: infinities and NaN, which Python reads, as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [_json_ready(item) for item in value]
    if isinstance(value, dict):
        return {key: _json_ready(item) for key, item in value.items()}
    return value


@dataclass(slots=True)
class Reading:
    """What a dialect made of a config.

    `spec` is None where the config can't be read; `gaps` then says why. `path` is where the language model was
    found in a composite config, empty at the top. `without_effect` gives the reason for each key that was read and
    that changes nothing here, `outvoted` the keys that a list says instead, `not_taken` the
    parameters whose keys the class of their level does not take; `notes` say what one may not expect, and are no gaps.
    """

    model_type: str
    architecture: str
    dialect: str
    spec: ModelSpec | None
    parameters: dict[str, Parameter] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    path: str = ""
    without_effect: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    outvoted: tuple[Outvoted, ...] = ()
    not_taken: tuple[NotTaken, ...] = ()
