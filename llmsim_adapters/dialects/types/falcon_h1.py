"""Falcon-H1: attention and Mamba-2 side by side in every layer. Source: transformers `FalconH1Config`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import beside
from llmsim_adapters.dialects.assembly.recurrent import mamba2
from llmsim_adapters.dialects.types import bamba

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_SCALES = "scalars on the inputs and outputs of mixers: elementwise"


def read(r: Reader) -> ModelSpec:
    inner = r.optional_size("mamba_d_ssm")
    if inner is not None:
        r.no_effect(("mamba_expand",), "mamba_d_ssm says the number of channels")
    mamba = replace(mamba2(r, inner, norm=r.flag("mamba_rms_norm")), out_bias=r.flag("projectors_bias"))
    attends = attention(r, bias=r.flag("attention_bias"))
    return decoder(r, mamba, mlp(r, bias=r.flag("mlp_bias")), layout=beside(attends))


DIALECT = bamba.DIALECT.like(
    "falcon_h1",
    read=read,
    costless={
        "attn_layer_indices": "the type's class attends in every layer",
        "mamba_norm_before_gate": "the order of two elementwise operations",
        "mamba_use_mlp": "the type's class has the network in every layer",
        "mlp_expansion_factor": "intermediate_size says the width",
        **dict.fromkeys(
            (
                "attention_in_multiplier",
                "attention_out_multiplier",
                "key_multiplier",
                "lm_head_multiplier",
                "mlp_multipliers",
                "ssm_in_multiplier",
                "ssm_multipliers",
                "ssm_out_multiplier",
            ),
            _SCALES,
        ),
    },
    mamba_d_ssm=1024,
    mamba_rms_norm=False,
    projectors_bias=False,
)
