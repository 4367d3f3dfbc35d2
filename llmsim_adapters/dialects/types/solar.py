"""Solar Pro: Llama, some of whose layers take in what earlier ones had for an input.

Source: SGLang's `solar.py`; `llama` of equal dimensions is the proof.
"""

from __future__ import annotations

from llmsim_adapters.dialects.types import llama

DIALECT = llama.DIALECT.like(
    "solar",
    costless=dict.fromkeys(
        ("bskcn_1", "bskcn_2", "bskcn_3", "bskcn_4", "bskcn_tv"),
        "which layers keep and add hidden states of others, and their weights: elementwise",
    ),
)
