"""K-EXAONE: EXAONE 4's attention with norms before the mixers, experts as in DeepSeek-V3. Source: `ExaoneMoeConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.patterns import (
    after_dense,
    experts_where,
    layer_flags,
    mlp_layer_types,
    rotated_where_sliding,
    window_pattern,
)
from llmsim_adapters.dialects.types import exaone4

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    base = attention(r, qk_norm=True)
    mixers = rotated_where_sliding(window_pattern(r, base))
    mtp = next_token_stack(r, prediction_modules(r), base, mlp(r))
    is_sparse = mlp_layer_types(r, lambda: _has_experts(r))
    experts = experts_where(r, is_sparse, lambda: mlp(r), lambda: mixture_of_experts(r, score_correction_bias="buffer"))
    return decoder(r, mixers, experts, mtp=mtp)


def _has_experts(r: Reader) -> list[bool]:
    said = layer_flags(r, "is_moe_layer")
    if said is None:
        return after_dense(r)
    r.no_vote(("first_k_dense_replace",), "is_moe_layer", "which layers have experts")
    return said


DIALECT = exaone4.DIALECT.like(
    "exaone_moe",
    read=read,
    aliases={"first_last_k_dense_replace": "first_k_dense_replace"},
    num_experts=64,
    num_experts_per_tok=8,
    num_shared_experts=1,
    moe_intermediate_size=1024,
    first_k_dense_replace=1,
)
