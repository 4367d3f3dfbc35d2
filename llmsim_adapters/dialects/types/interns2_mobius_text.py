"""Intern-S2 Mobius: Qwen3.5 with `num_blocks` banks of routed experts, which layers have in turns.

Each layer has a gated shared expert of its own. Source: SGLang's `InternS2MobiusTextConfig` and class, which has no
prediction module.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.types import qwen2_moe, qwen3_5_moe_text, qwen3_next

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixers = qwen3_next.mixers(r)
    experts = qwen2_moe.experts_with_shared(r)
    spec = decoder(r, mixers, _banks(r, mixers if isinstance(mixers, list) else [mixers], experts))
    if r.count("num_nextn_predict_layers"):
        r.not_modelled("multi_token_prediction")
    return spec


def _banks(r: Reader, mixers: list[Component], experts: MixtureOfExperts) -> list[MixtureOfExperts]:
    """Return each layer's experts, of which a bank counts with the first kind of layer that has it."""
    count, banks = int(layers(r)), r.size("num_blocks")
    kinds = [mixers[i % len(mixers)] for i in range(count)]
    first: dict[int, int] = {}
    for layer, mixer in enumerate(kinds):
        first.setdefault(layer % int(banks), id(mixer))
    own = {id(mixer): list(first.values()).count(id(mixer)) for mixer in kinds}
    alone = len(own) == 1
    origin = "banks that no earlier kind of layer has"
    made = {
        kind: replace(experts, routed_sets=banks if alone else r.constant(f"banks_of_kind_{i + 1}", sets, origin))
        for i, (kind, sets) in enumerate(own.items())
    }
    return [made[id(mixer)] for mixer in kinds]


DIALECT = qwen3_5_moe_text.DIALECT.like(
    "interns2_mobius_text",
    read=read,
    text_only=(),
    costless={
        **dict.fromkeys(
            ("mtp_num_experts", "mtp_num_experts_per_tok", "mtp_use_dedicated_embeddings"),
            "of prediction modules, which the class leaves out",
        ),
    },
    num_blocks=4,
    num_nextn_predict_layers=0,
)
