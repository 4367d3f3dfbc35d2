"""Features of norms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from llmsim_adapters.spec.components import Norm
from llmsim_adapters.spec.features.feature import ELEMENTWISE, Feature

FEATURES: Final[tuple[Feature[Any], ...]] = (
    Feature(
        "layer_norm",
        "layer normalisation in place of RMS normalisation",
        Norm,
        lambda n: n.form != "rms",
        lambda n: replace(n, form="rms"),
        costless=ELEMENTWISE,
    ),
    Feature(
        "norm_gate",
        "norms whose result is gated by way of fewer numbers",
        Norm,
        lambda n: bool(n.gate_rank),
        lambda n: replace(n, gate_rank=0),
    ),
    Feature(
        "conditioned_norm",
        "norms whose result is scaled by what is made of one vector, as of a time",
        Norm,
        lambda n: bool(n.condition_rank),
        lambda n: replace(n, condition_rank=0),
    ),
    Feature(
        "norm_without_gain",
        "norms without trained numbers",
        Norm,
        lambda n: not n.gain,
        lambda n: replace(n, gain=True),
    ),
    Feature(
        "norm_bias",
        "norms with an offset beside the gain",
        Norm,
        lambda n: n.bias,
        lambda n: replace(n, bias=False),
    ),
)
