"""Gaps: what stands between a config and a graph that is known to be right."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class GapKind(str, Enum):
    """What kind of thing is missing or in doubt."""

    MISSING_PARAMETER = "missing_parameter"
    UNSUPPORTED_FEATURE = "unsupported_feature"
    UNREAD_KEY = "unread_key"
    CONFLICTING_KEYS = "conflicting_keys"
    INFERRED = "inferred"
    CONFIG_UNAVAILABLE = "config_unavailable"
    INVALID_CONFIG = "invalid_config"
    PLUGIN_ERROR = "plugin_error"
    BUILD_ERROR = "build_error"
    COUNT_MISMATCH = "count_mismatch"

    def __str__(self) -> str:
        return self.value


class Impact(NamedTuple):
    """What a gap does to the figures: the builder's figure without the feature / the figure with it.

    `kv_cache` is that of one sequence of `tokens` tokens; `flops` those of a prefill of as many.
    """

    parameters: float
    flops: float
    kv_cache: float
    tokens: int

    def to_dict(self) -> dict[str, Any]:
        """Return the ratios, ready for JSON."""
        return self._asdict()


class Gap(NamedTuple):
    """One gap: `name` is the parameter, feature or key that it is about; `impact` None means unknown."""

    kind: GapKind
    name: str
    detail: str
    impact: Impact | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.detail}"

    def to_dict(self) -> dict[str, Any]:
        """Return the gap, ready for JSON."""
        return {
            "kind": self.kind.value,
            "name": self.name,
            "detail": self.detail,
            "impact": None if self.impact is None else self.impact.to_dict(),
        }


_FIRST: Final = (GapKind.INVALID_CONFIG, GapKind.MISSING_PARAMETER)
_SHOWN: Final = 3


def most_telling(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Return the gaps of a model that is refused in the order in which they say why: assumptions come last."""
    return tuple(sorted(gaps, key=lambda gap: (assumed(gap), gap.kind not in _FIRST)))


def assumed(gap: Gap) -> bool:
    """Whether a gap is an assumption; that a type is unknown is none: it may be why a model is refused."""
    return gap.kind is GapKind.INFERRED and gap.name != "model_type"


def few(reasons: Sequence[str]) -> list[str]:
    """Return the first reasons, and the number of the others."""
    if len(reasons) <= _SHOWN:
        return list(reasons)
    return [*reasons[:_SHOWN], f"and {len(reasons) - _SHOWN:,} more"]
