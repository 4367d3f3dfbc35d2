"""LFM2-MoE: LFM2's mixers, experts in all layers but the first `num_dense_layers`. Source: `Lfm2MoeConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import FULL, decoder, layers
from llmsim_adapters.dialects.assembly.patterns import experts_where
from llmsim_adapters.dialects.assembly.recurrent import by_name, says_instead, short_convolution
from llmsim_adapters.dialects.types import lfm2

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def _networks(r: Reader) -> Component | list[Component]:
    dense = r.count("first_k_dense_replace")
    bias: Literal["buffer"] | None = "buffer" if r.flag("use_expert_bias") else None
    sparse = [i >= dense for i in range(layers(r))]
    if not any(sparse):
        r.no_effect(("use_expert_bias",), "no layer has experts")
    return experts_where(r, sparse, lambda: mlp(r), lambda: mixture_of_experts(r, score_correction_bias=bias))


def read(r: Reader) -> ModelSpec:
    says_instead(r, "tie_word_embeddings", "tie_embedding")
    parts = {lfm2.CONV: short_convolution(r), FULL: attention(r, qk_norm=True)}
    return decoder(r, by_name(r, parts), _networks(r))


DIALECT = lfm2.DIALECT.like(
    "lfm2_moe",
    read=read,
    aliases={"num_dense_layers": "first_k_dense_replace"},
    hidden_size=2048,
    intermediate_size=7168,
    moe_intermediate_size=1792,
    num_experts=32,
    num_experts_per_tok=4,
    first_k_dense_replace=2,
    use_expert_bias=True,
)
