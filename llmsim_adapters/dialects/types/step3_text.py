"""Step 3's language model: compressed queries, one head of keys and values, and experts with one beside them.

Source: vLLM 0.33's `step3_text.py` and its `Step3TextConfig`; `glm4_moe` of equal dimensions, with projections of
queries of its own, is the proof.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.patterns import experts_where
from llmsim_adapters.dialects.types import step3p5

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec

_DENSE: Final = 4


def read(r: Reader) -> ModelSpec:
    r.agree("num_key_value_heads", 1, "the class has one head of keys and values")
    base = attention(r, kv_heads=r.derive("num_key_value_heads", 1))
    rank = r.size_or("share_q_dim", lambda: base.head_dim)
    networks = experts_where(r, _sparse(r), lambda: mlp(r), lambda: _experts(r))
    return decoder(r, replace(base, query_rank=rank), networks)


def _sparse(r: Reader) -> Sequence[bool]:
    """Read which layers have experts: those that a text or a list numbers; else all after the fourth but the last."""
    count = int(layers(r))
    said = r.said("moe_layers_enum")
    if said.__class__ is str:
        return step3p5.numbered_layers(r, count)
    numbers = r.indices("moe_layers_enum")
    return [_DENSE <= i < count - 1 if numbers is None else i in numbers for i in range(count)]


def _experts(r: Reader) -> MixtureOfExperts:
    return replace(mixture_of_experts(r), shared=mlp(r, width=r.size("share_expert_dim")))


DIALECT = step3p5.DIALECT.like(
    "step3_text",
    read=read,
    classes=("Step3TextForCausalLM",),
    costless={"max_position_embedding": "bounds the context", "max_seq_len": "bounds the context"},
    hidden_size=7168,
    intermediate_size=18432,
    num_hidden_layers=61,
    head_dim=256,
    num_experts=48,
    num_experts_per_tok=3,
    moe_intermediate_size=5120,
    share_expert_dim=5120,
    share_q_dim=2048,
)
