"""Features of linear attention."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from llmsim_adapters.spec.components import GatedDeltaNet, KimiDeltaAttention
from llmsim_adapters.spec.features.feature import Feature

FEATURES: Final[tuple[Feature[Any], ...]] = (
    Feature(
        "generated_convolution",
        "a convolution whose kernels are generated from the input",
        GatedDeltaNet,
        lambda net: net.kernel_rank is not None,
        lambda net: replace(net, kernel_rank=None),
    ),
    Feature(
        "low_rank_decay",
        "decays that are projected by way of fewer values",
        KimiDeltaAttention,
        lambda a: a.decay_rank is not None,
        lambda a: replace(a, decay_rank=None),
    ),
    Feature(
        "low_rank_gate",
        "an output gate that is projected by way of fewer values",
        KimiDeltaAttention,
        lambda a: a.gate_rank is not None,
        lambda a: replace(a, gate_rank=None),
    ),
)
