"""Inkling 2: attention over the blocks of layers before in place of sums, dynamic convolutions, projected sinks.

Full layers have inputs of their own for queries, keys and values, and dynamic convolutions. There are no dense layers
and no shared experts; the head has rows for `unpadded_vocab_size` tokens. Source: transformers `Inkling2TextConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layers import last_sources, residual_sources, with_layers
from llmsim_adapters.dialects.assembly.linear_attention import untied
from llmsim_adapters.dialects.assembly.options import gated, with_options
from llmsim_adapters.dialects.types import inkling_text
from llmsim_adapters.spec.components import (
    AttentionResidual,
    ConvolvedResidual,
    Head,
    KeyValueConvolution,
    Norm,
    RelativeLogits,
    Sinks,
)
from llmsim_adapters.spec.model import Block, Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, size = r.size("hidden_size"), r.size("n_layers_per_attn_res_block")
    slides = inkling_text.slides(r)
    mixers = {kind: _attention(r, sliding=kind) for kind in sorted(set(slides))}
    inkling_text.without_layers(r, mixers)
    experts = replace(mixture_of_experts(r, score_correction_bias="buffer"), activation="silu")
    r.no_effect(("hidden_act",), "the class has one activation, whatever it says")
    softcap = r.number("final_logit_softcapping", least=0)
    spec = decoder(r, mixers[slides[0]], experts, inputs=(Norm(hidden),), softcap=softcap)
    rows = r.size("unpadded_vocab_size")
    spec = untied(r, spec).transform(Head, lambda h: replace(h, vocab_size=rows))
    blocks: dict[tuple[bool, tuple[int, int]], Block] = {}
    found = []
    for i, kind in enumerate(slides):
        sources = residual_sources(r, i, size)
        if (kind, sources) not in blocks:
            name = f"{'sliding' if kind else 'full'}_moe_from_{i}"
            blocks[kind, sources] = Block(name, _layer(mixers[kind], experts, *sources))
        found.append(blocks[kind, sources])
    return with_layers(spec, found, AttentionResidual(hidden_size=hidden, sources=last_sources(r, size)))


def _attention(r: Reader, *, sliding: bool) -> Attention:
    usual = inkling_text.attention(r, sliding=sliding)
    heads, head_dim = usual.num_attention_heads, usual.head_dim
    convolution, logits = usual.option(KeyValueConvolution), usual.option(RelativeLogits)
    assert convolution is not None  # both are Inkling's
    assert logits is not None
    normed = replace(
        usual,
        q_norm=Norm(head_dim, sets=heads),
        k_norm=Norm(head_dim, gain=False),
        v_norm=Norm(head_dim, gain=False),
    )
    return gated(
        with_options(
            normed,
            replace(convolution, dynamic=not sliding),
            replace(logits, norm=Norm(logits.size, sets=heads)),
            Sinks(num_attention_heads=heads, input_size=usual.hidden_size),
        )
    )


def _layer(mixer: Attention, experts: MixtureOfExperts, before: int, after: int) -> tuple[Sublayer, ...]:
    """The mixer of a full layer has three inputs; that of the first layer has no source but the embedding."""
    convolution = mixer.option(KeyValueConvolution)
    assert convolution is not None
    norm, inputs = Norm(mixer.hidden_size), 3 if convolution.dynamic else 1
    residual = ConvolvedResidual(hidden_size=mixer.hidden_size, conv_kernel=convolution.kernel)
    summed = [
        Sublayer((AttentionResidual(hidden_size=mixer.hidden_size, sources=sources, queries=queries),), skip=False)
        for sources, queries in ((before, inputs), (after, 1))
    ]
    attend = Sublayer((mixer,), (norm,) * inputs, residual=residual)
    mix = summed[1], Sublayer((experts,), (norm,), residual=residual)
    return (attend, *mix) if before == 1 else (summed[0], attend, *mix)


DIALECT = inkling_text.DIALECT.like(
    "inkling2_text",
    read=read,
    aliases={"intermediate_size": "moe_intermediate_size"},
    costless=dict.fromkeys(
        ("qk_l2_clip_threshold", "rel_l2_clip_threshold", "mlp_gate_softcap", "mlp_up_softcap"),
        "a bound: elementwise",
    ),
    hidden_size=4608,
    num_hidden_layers=48,
    num_attention_heads=48,
    swa_num_attention_heads=48,
    swa_num_key_value_heads=8,
    sliding_window=1024,
    moe_intermediate_size=2304,
    num_experts=384,
    num_experts_per_tok=8,
    num_shared_experts=0,
    unpadded_vocab_size=200058,
    n_layers_per_attn_res_block=6,
    final_logit_softcapping=30.0,
)
