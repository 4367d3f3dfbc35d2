"""Falcon-40B under its first remote code's type: grouped heads, two norms, both mixers side by side.

Source: the published config of tiiuae/falcon-40b; transformers' `falcon` of equal dimensions is the proof. What later
configs call `new_decoder_architecture` is the type itself here; `RefinedWebModel` is that of the smaller models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import four_times_wide
from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.assembly.layouts import parallel_two_norms
from llmsim_adapters.dialects.types import falcon, xverse

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    bias = r.flag("bias")
    r.only("parallel_attn", True)
    mixer = attention(r, bias=bias, rotary_fraction=0.0 if r.flag("alibi") else 1.0)
    feed_forward = mlp(r, width=four_times_wide(r), gated=False, bias=bias)
    return decoder(r, mixer, feed_forward, norm=layer_norm(r), layout=parallel_two_norms)


DIALECT = xverse.DIALECT.like(
    "RefinedWeb",
    read=read,
    classes=("RWForCausalLM",),
    costless=falcon.DIALECT.costless,
    intermediate_size=None,
    alibi=False,
    bias=False,
    parallel_attn=True,
    hidden_act="gelu",
    tie_word_embeddings=True,
)
