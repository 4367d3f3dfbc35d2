"""The lowerings of what an attention may have beside its projections and its core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.lowerings.convolution import causal_convolution
from llmsim_adapters.traced import minimum

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components.attention_parts import (
        Differential,
        DynamicMask,
        FirstRunAttention,
        HeadConvolution,
        KeyValueConvolution,
        MemoryBlock,
        OutputGate,
        RelativeLogits,
        RoutedValues,
        ScoreScales,
        SinkKeys,
        Sinks,
    )


def lower_output_gate(gate: OutputGate, site: Site) -> None:
    site.linear("gate_proj", gate.input_size, gate.size, "heads", bias=gate.bias)
    if gate.factors:
        site.weight("gate_factors", (gate.size,), "heads")
    if gate.head_biases:
        site.weight("head_gate_bias", (gate.head_biases,), "heads")


def lower_sinks(sinks: Sinks, site: Site) -> None:
    if sinks.input_size:
        site.linear("sink_proj", sinks.input_size, sinks.num_attention_heads, "heads")
    else:
        site.weight("sinks", (sinks.num_attention_heads,), "heads")


def lower_score_scales(scales: ScoreScales, site: Site) -> None:
    """Elementwise: what is stored is all that it costs."""
    for name in ("score_scale", "score_scale_bias"):
        site.weight(name, (scales.num_attention_heads,), "heads")


def lower_sink_keys(sinks: SinkKeys, site: Site) -> None:
    """The scores of each query head with the keys of its group, and sums of their values where they have any."""
    heads, kv_heads, size, count = sinks.num_attention_heads, sinks.num_key_value_heads, sinks.head_dim, sinks.count
    shape = (kv_heads, size) if count == 1 else (kv_heads, count, size)
    site.weight("sink_keys", shape, "kv_heads")
    own, stored = site.local(heads, "heads"), site.local(kv_heads, "kv_heads") * count
    site.product("sink_keys", site.step.tokens, count, size, stored * size, batch=own)
    if sinks.value_dim:
        site.weight("sink_values", (kv_heads, count, sinks.value_dim), "kv_heads")
        site.product("sink_values", site.step.tokens, sinks.value_dim, count, stored * sinks.value_dim, batch=own)


def lower_relative_logits(logits: RelativeLogits, site: Site) -> None:
    heads, size, extent = logits.num_attention_heads, logits.size, logits.extent
    site.linear("relative_proj", logits.input_size, heads * size, "heads")
    if logits.norm is not None:
        site.norm("relative_norm", logits.norm, width=heads * size, sharding="heads")
    site.weight("relative_logits", (size, extent), "replicated")
    batch = site.local(heads, "heads")
    site.product("relative_logits", site.step.tokens, extent, size, size * extent, batch=batch)


def lower_key_value_convolution(convolution: KeyValueConvolution, site: Site) -> None:
    """Of dynamic ones, the products with the latest tokens are elementwise."""
    kernel, kv_heads = convolution.kernel, convolution.num_key_value_heads
    for name, channels in (("k_conv", convolution.key_channels), ("v_conv", convolution.value_channels)):
        if convolution.dynamic:
            site.weight(f"{name}.static_weight", (kernel, channels), "kv_heads")
            site.linear(f"{name}.weight_proj", convolution.input_size, kv_heads * kernel, "kv_heads")
            site.cache("state", channels * kernel, "kv_heads")
        else:
            causal_convolution(site, name, channels, kernel, "kv_heads")


def lower_head_convolution(convolution: HeadConvolution, site: Site) -> None:
    """Convolutions of queries and keys behind their inputs' last tokens, and values whose second half comes later.

    At the start of a sequence, the values' projection also runs on zeros in place of a token before the first.
    """
    step, kv_heads, size = site.step, convolution.num_key_value_heads, convolution.head_dim
    by_channel, by_head = convolution.channel_kernel, convolution.head_kernel
    groups = convolution.num_attention_heads + kv_heads
    channels, half = groups * size, kv_heads * convolution.value_head_dim // 2
    site.split_heads(kv_heads, kv_heads)  # convolved with the queries' heads
    site.linear("v_proj_current", convolution.input_size, half, "kv_heads", bias=convolution.bias)
    before = step.tokens if step.context_len else step.tokens + step.batch_size
    site.linear("v_proj_delayed", convolution.input_size, half, "kv_heads", rows=before, bias=convolution.bias)
    site.weight("channel_conv.weight", (channels, 1, by_channel), "heads")
    site.weight("channel_conv.bias", (channels,), "heads")
    rows = step.batch_size * (step.seq_len + by_head - 1)
    site.product(
        "channel_conv", rows, 1, by_channel, channels * by_channel, batch=channels, kind="convolution", sharding="heads"
    )
    site.weight("head_conv.weight", (channels, size, by_head), "heads")
    site.weight("head_conv.bias", (channels,), "heads")
    window = size * by_head
    site.product(
        "head_conv", step.tokens, size, window, channels * window, batch=groups, kind="convolution", sharding="heads"
    )
    site.weight("key_scale", (kv_heads,), "kv_heads")
    site.cache("state", channels * (by_channel + by_head - 2), "heads")
    site.cache("state", half, "kv_heads")


def lower_memory_block(memory: MemoryBlock, site: Site) -> None:
    """A sequence is padded so that each token has a result."""
    kernel, own = memory.kernel, site.local(memory.channels, "kv_heads")
    site.weight("memory.weight", (memory.channels, 1, kernel), "kv_heads")
    site.product("memory", site.step.tokens, 1, kernel, own * kernel, batch=own, kind="convolution")


def lower_dynamic_mask(mask: DynamicMask, site: Site) -> None:
    rows, kv_heads = site.step.batch_size * site.step.kv_length(mask.window), mask.num_key_value_heads
    site.weight("mask_scale", (kv_heads,), "kv_heads")
    site.gather("mask_proj", rows, mask.value_channels)
    site.linear("mask_proj", mask.value_channels, kv_heads, "replicated", rows=rows, bias=mask.bias)


def lower_differential(attention: Differential, site: Site) -> None:
    for name in ("lambda_q1", "lambda_k1", "lambda_q2", "lambda_k2"):
        site.weight(name, (attention.head_dim,), "replicated")


def lower_first_run_attention(first: FirstRunAttention, site: Site) -> None:
    """The core over the first run's keys and values, whose cache it reads, and a gate of each head's query."""
    heads, size = first.num_attention_heads, first.head_dim
    site.weight("first_run_gate", (heads, size), "heads")
    site.weight("first_run_gate.bias", (heads,), "heads")
    if first.runs:
        kv_heads = first.num_key_value_heads
        site.attend(heads=heads, kv_heads=kv_heads, key_dim=size, value_dim=size, name="first_run")
        own = site.local(heads, "heads")
        site.product("first_run_gate", site.step.tokens, 1, size, own * size, batch=own)


def lower_routed_values(routed: RoutedValues, site: Site) -> None:
    """A router, and for each token the projections of the experts that it is sent to, each of which has all heads."""
    inputs, values, top_k = routed.input_size, routed.num_values, routed.num_values_per_tok
    site.linear("v_router", inputs, values, "replicated", quantized=False)
    if routed.score_correction_bias:
        site.weight("v_score_correction_bias", (values,), "replicated", dtype="float32")
    dtype = site.weight("v_experts", (values, routed.value_channels, inputs), "kv_heads")
    rows, part = site.step.tokens * top_k, site.local(routed.value_channels, "kv_heads")
    site.product("v_experts", rows, part, inputs, minimum(values, rows) * part * inputs, dtype)
    site.route(values, top_k, "v_experts")
