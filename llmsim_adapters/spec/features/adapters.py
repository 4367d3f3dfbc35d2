"""Features of adapters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from llmsim_adapters.spec.components import Adapter
from llmsim_adapters.spec.features.feature import Feature

FEATURES: Final[tuple[Feature[Any], ...]] = (
    Feature(
        "adapter_bias",
        "biases of adapters",
        Adapter,
        lambda a: a.bias,
        lambda a: replace(a, bias=False),
    ),
)
