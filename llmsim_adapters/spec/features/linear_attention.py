"""Features of linear attention."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from llmsim_adapters.spec.components import GatedDeltaNet, KimiDeltaAttention, LightningAttention
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
    Feature(
        "lightning_attention_bias",
        "biases of lightning attention's projections",
        LightningAttention,
        lambda a: a.qkv_bias or a.o_bias or a.gate_bias,
        lambda a: replace(a, qkv_bias=False, o_bias=False, gate_bias=False),
    ),
    Feature(
        "lightning_qk_norm",
        "normalisation of lightning attention's queries and keys",
        LightningAttention,
        lambda a: a.qk_norm,
        lambda a: replace(a, qk_norm=False),
    ),
    Feature(
        "unnormed_lightning_attention",
        "lightning attention whose results are not normalised",
        LightningAttention,
        lambda a: not a.normed,
        lambda a: replace(a, normed=True),
    ),
    Feature(
        "ungated_lightning_attention",
        "lightning attention whose results are not gated",
        LightningAttention,
        lambda a: not a.gated,
        lambda a: replace(a, gated=True),
    ),
    Feature(
        "computed_decays",
        "powers of lightning attention's decays that are computed, and not stored",
        LightningAttention,
        lambda a: not a.tables,
        lambda a: replace(a, tables=True),
    ),
)
