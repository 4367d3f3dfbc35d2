"""IQuest Q1's draft: its target's next-token module, of one layer with experts and four norms.

Source: SGLang's `IQuestQ1MTPConfig` and `iquest_q1_mtp.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.types import iquest_q1
from llmsim_adapters.spec.components import Attention, Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.check("num_hidden_layers", r.size("num_hidden_layers") == 1, "is not 1: the module has one layer")
    r.no_effect(
        (*iquest_q1.PATTERN, "mlp_only_layers", "dense_intermediate_size"), "the module has one layer, of experts"
    )
    r.derive("moe_intermediate_size", r.size("expert_intermediate_size"))
    found, experts = iquest_q1.mixers(r), mixture_of_experts(r)
    mixer = found if isinstance(found, Attention) else found[0]
    module = next_token_stack(r, 1)
    assert module is not None
    (block,) = module.blocks
    join, predict = block.sublayers
    parts = (join, *sandwich_norm(mixer, experts, Norm(r.size("hidden_size"))), predict)
    return decoder(r, mixer, experts, mtp=replace(module, blocks=(replace(block, sublayers=parts),)))


DIALECT = iquest_q1.DIALECT.like(
    "iquest_q1_mtp",
    read=read,
    classes=("IQuestQ1MTP",),
    costless={
        "fp32_residual_connection": "the number format of hidden states, which is that of products' inputs",
        "num_draft_slots": "how many tokens a step of speculation drafts: steps of the same module",
        "num_target_layers": "how many layers the target has",
        "target_config": "the target's config, of which the module's sizes are",
    },
    num_hidden_layers=1,
    sliding_window=512,
    mlp_only_layers=None,
)
