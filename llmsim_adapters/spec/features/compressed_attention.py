"""Features of attention to compressed tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from llmsim_adapters.spec.components import CompressedAttention
from llmsim_adapters.spec.features.feature import Feature

FEATURES: Final[tuple[Feature[Any], ...]] = (
    Feature(
        "bidirectional_compressed_attention",
        "tokens attend to later ones too",
        CompressedAttention,
        lambda a: not a.causal,
        lambda a: replace(a, causal=True),
    ),
)
