"""Nemotron 3 Nano Omni: as Nemotron Nano VL 2. Source: SGLang's `NemotronH_Nano_Omni_Reasoning_V3_Config`."""

from llmsim_adapters.dialects.types import nemotron_h_nano_vl_v2

DIALECT = nemotron_h_nano_vl_v2.DIALECT.like(
    "NemotronH_Nano_Omni_Reasoning_V3",
    causal_lm=("NemotronH_Nano_Omni_Reasoning_V3",),
)
