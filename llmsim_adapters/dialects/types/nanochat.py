"""nanochat: norms without gains everywhere, one of them before the layers; no gate. Source: `NanoChatConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = attention(r, bias=r.flag("attention_bias"))
    of_heads, norm = Norm(mixer.head_dim, gain=False), Norm(r.size("hidden_size"), gain=False)
    return decoder(
        r,
        replace(mixer, q_norm=of_heads, k_norm=of_heads),
        mlp(r, gated=False),
        norm=norm,
        inputs=(norm,),
        softcap=r.number("final_logit_softcapping", least=0),
    )


DIALECT = llama.DIALECT.like(
    "nanochat",
    read=read,
    vocab_size=50304,
    hidden_size=768,
    intermediate_size=8192,
    num_hidden_layers=12,
    num_attention_heads=6,
    hidden_act="relu2",
    final_logit_softcapping=15.0,
)
