"""A spec with every kind of mixer that has a state, and variations of them, for what the builders declare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import llmsim_adapters as la
from llmsim_adapters.spec.components import (
    MLP,
    Adapter,
    Attention,
    ChannelMix,
    Component,
    GatedDeltaNet,
    GatedLinearRecurrence,
    KimiDeltaAttention,
    LatentAttention,
    LightningAttention,
    Mamba,
    Mamba2,
    MatrixLSTM,
    MixtureOfExperts,
    Norm,
    ShortConvolution,
    TimeMix,
)

if TYPE_CHECKING:
    from collections.abc import Callable

HIDDEN = 2048

MIXERS: tuple[Component, ...] = (
    MLP(hidden_size=HIDDEN, intermediate_size=96),
    Adapter(input_size=HIDDEN, rank=8, output_size=96),
    ShortConvolution(hidden_size=HIDDEN, conv_kernel=3),
    Mamba(hidden_size=HIDDEN, intermediate_size=64, state_size=16, conv_kernel=4, time_step_rank=8),
    Mamba2(hidden_size=HIDDEN, num_heads=4, head_dim=16, state_size=32, num_groups=2, conv_kernel=4, chunk_size=64),
    GatedLinearRecurrence(hidden_size=HIDDEN, width=64, heads=4, conv_kernel=4),
    TimeMix(hidden_size=HIDDEN, width=64),
    ChannelMix(hidden_size=HIDDEN, intermediate_size=96),
    MatrixLSTM(
        hidden_size=HIDDEN, num_heads=4, key_width=32, value_width=64, chunk_size=64, output_norm=Norm(64, "layer")
    ),
    GatedDeltaNet(
        hidden_size=HIDDEN,
        num_key_heads=2,
        num_value_heads=4,
        key_head_dim=16,
        value_head_dim=32,
        conv_kernel=4,
        chunk_size=64,
    ),
    KimiDeltaAttention(hidden_size=HIDDEN, num_heads=4, head_dim=16, conv_kernel=4, chunk_size=64),
    LightningAttention(hidden_size=HIDDEN, num_heads=4, head_dim=16, block_size=64),
    LatentAttention(
        hidden_size=HIDDEN,
        num_attention_heads=4,
        q_lora_rank=None,
        kv_lora_rank=32,
        qk_nope_head_dim=16,
        qk_rope_head_dim=8,
        v_head_dim=24,
    ),
)

VARIATIONS: tuple[tuple[str, type[Any], Callable[[Any], Any]], ...] = (
    ("attention_input_size", Attention, lambda a: replace(a, input_size=2 * a.hidden_size)),
    ("latent_experts", MixtureOfExperts, lambda m: replace(m, latent_size=512)),
    ("latent_experts_norm", MixtureOfExperts, lambda m: replace(m, latent_norm=Norm(512))),
    ("centred_convolution", ShortConvolution, lambda m: replace(m, causal=False)),
    ("short_convolution_bias", ShortConvolution, lambda m: replace(m, bias=True)),
    ("mamba_bias", Mamba, lambda m: replace(m, bias=True)),
    ("mamba_heads", Mamba, lambda m: replace(m, heads=2)),
    ("mamba_input_norms", Mamba, lambda m: replace(m, input_norms=True)),
    ("mamba_without_convolution_bias", Mamba, lambda m: replace(m, conv_bias=False)),
    ("mamba2_bias", Mamba2, lambda m: replace(m, bias=True)),
    ("mamba2_output_bias", Mamba2, lambda m: replace(m, out_bias=True)),
    ("mamba2_output_norm", Mamba2, lambda m: replace(m, output_norm=Norm(64))),
    ("mamba2_without_convolution_bias", Mamba2, lambda m: replace(m, conv_bias=False)),
    ("matrix_lstm_bias", MatrixLSTM, lambda m: replace(m, bias=True)),
    ("generated_convolution", GatedDeltaNet, lambda m: replace(m, kernel_rank=8)),
    ("lightning_attention_bias", LightningAttention, lambda m: replace(m, qkv_bias=True)),
    ("lightning_qk_norm", LightningAttention, lambda m: replace(m, qk_norm=True)),
    ("unnormed_lightning_attention", LightningAttention, lambda m: replace(m, normed=False)),
    ("ungated_lightning_attention", LightningAttention, lambda m: replace(m, gated=False)),
    ("computed_decays", LightningAttention, lambda m: replace(m, tables=False)),
    ("low_rank_decay", KimiDeltaAttention, lambda m: replace(m, decay_rank=8)),
    ("low_rank_gate", KimiDeltaAttention, lambda m: replace(m, gate_rank=8)),
    ("latent_attention_gate", LatentAttention, lambda a: replace(a, gate_size=64)),
    ("query_compression", LatentAttention, lambda a: replace(a, q_lora_rank=48)),
    ("shared_sublayers", la.Sublayer, lambda s: replace(s, weight_sets=1)),
)


def hybrid(spec: la.ModelSpec) -> la.ModelSpec:
    """The spec with one more layer of each mixer above, all layers twice."""
    norm = Norm(HIDDEN)
    text, *stacks = spec.stacks
    others = tuple(la.Block(mixer.kind, (la.Sublayer((mixer,), (norm,)),)) for mixer in MIXERS)
    first = len(text.blocks)
    order = (*text.order, *range(first, first + len(others)))
    text = replace(text, blocks=(*text.blocks, *others), order=order * 2)
    return replace(spec, stacks=(text, *stacks))
