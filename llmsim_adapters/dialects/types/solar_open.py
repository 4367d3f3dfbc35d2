"""Solar Open: GLM-4.5 fully rotated, without dense layers. Source: transformers `SolarOpenConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import glm4_moe

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.no_effect(("intermediate_size",), "no layer has a dense feed-forward network")
    r.only("qk_norm", False)  # the class has none of these three
    for name, part in (
        ("first_k_dense_replace", "dense_layers"),
        ("num_nextn_predict_layers", "multi_token_prediction"),
    ):
        if r.count(name):
            r.not_modelled(part)
    mixer = attention(r, bias=r.flag("attention_bias"), o_bias=False)
    return decoder(r, mixer, mixture_of_experts(r, score_correction_bias="buffer"))


DIALECT = glm4_moe.DIALECT.like(
    "solar_open",
    read=read,
    vocab_size=196608,
    num_hidden_layers=48,
    num_attention_heads=64,
    head_dim=128,
    moe_intermediate_size=1280,
    first_k_dense_replace=0,
    num_nextn_predict_layers=0,
)
