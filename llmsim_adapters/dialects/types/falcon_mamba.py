"""Falcon Mamba: Mamba whose time steps and matrices are normalised without trained numbers.

Source: transformers `FalconMambaConfig`.
"""

from __future__ import annotations

from llmsim_adapters.dialects.types import mamba

DIALECT = mamba.DIALECT.like(
    "falcon_mamba",
    costless={
        "mixer_rms_eps": "a scalar: what keeps norms from division by zero",
        "use_falcon_mambapy": "which implementation runs the same recurrence",
    },
)
