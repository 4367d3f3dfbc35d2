"""Gaps: what stands between a config and a graph that is known to be right."""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple


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
