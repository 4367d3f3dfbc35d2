"""DiffusionGemma's text model: Gemma 4's layers with experts, which take words in and then refine a canvas of tokens.

Both ways go through the same weights but for a stored factor of each layer. Source: `DiffusionGemmaTextConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import gemma4_text
from llmsim_adapters.spec.components import SelfConditioning

if TYPE_CHECKING:
    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("attention_bias", False)  # of which each way has its own
    network, vocab = mlp(r), r.size("vocab_size")
    spec = decoder(
        r,
        gemma4_text.attentions(r, same=True),
        network,
        layout=_layout(r),
        inputs=(SelfConditioning(vocab_size=vocab, network=network),),
        softcap=r.number("final_logit_softcapping", least=0),
    )
    return replace(spec, canvas=r.size("canvas_length"))


def _layout(r: Reader) -> Layout:
    experts, factor = gemma4_text.scaled_experts(r), gemma4_text.FACTOR
    return lambda mixer, feed_forward, norm: (*gemma4_text.beside(mixer, feed_forward, norm, experts), factor, factor)


DIALECT = gemma4_text.DIALECT.like(
    "diffusion_gemma_text",
    read=read,
    of_whole=("canvas_length",),
    hidden_size=2304,
    intermediate_size=9216,
    num_attention_heads=8,
    num_key_value_heads=4,
    head_dim=256,
    final_logit_softcapping=30.0,
    canvas_length=256,
)
