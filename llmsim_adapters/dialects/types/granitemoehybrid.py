"""GraniteMoeHybrid: GraniteMoeShared with Mamba-2 in most layers, or no experts. Source: `GraniteMoeHybridConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import FULL, decoder, layers
from llmsim_adapters.dialects.assembly.recurrent import LINEAR, by_name, mamba2
from llmsim_adapters.dialects.types import bamba, granitemoeshared

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    rotates = r.word("position_embedding_type", ("rope", "nope")) == "rope"
    attends = attention(r, bias=r.flag("attention_bias"), rotary_fraction=1.0 if rotates else 0.0)
    mixers = by_name(r, {LINEAR: mamba2(r), FULL: attends}, [LINEAR] * layers(r))
    if r.count("num_experts"):
        return decoder(r, mixers, granitemoeshared.experts(r))
    r.no_effect(("num_experts_per_tok", "moe_intermediate_size"), "there are no experts")
    r.derive("intermediate_size", r.size("shared_expert_intermediate_size"))
    return decoder(r, mixers, mlp(r))


DIALECT = granitemoeshared.DIALECT.like(
    "granitemoehybrid",
    read=read,
    costless={
        "init_method": "initial weights: training only",
        "normalization_function": "the type's class has RMS norms, whatever the key says",
    },
    **{name: value for name, value in bamba.DIALECT.defaults.items() if name.startswith("mamba_")},
    state_size=256,
    conv_kernel=4,
    layer_types=None,
    position_embedding_type=None,
    shared_expert_intermediate_size=1024,
)
