"""The options that the keywords of 0.1 say, where an attention is made by these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmsim_adapters.spec.components.attention_parts import (
    Differential,
    DynamicMask,
    HeadConvolution,
    KeyValueConvolution,
    OutputGate,
    RelativeLogits,
    Sinks,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.spec.components.attention_parts import AttentionPart


def options(fields: dict[str, Any], said: dict[str, Any]) -> Iterator[AttentionPart]:
    """Yield the options that old keywords say, of the sizes among the other fields."""

    inputs = fields.get("input_size") or fields["hidden_size"]
    heads = fields["num_attention_heads"]
    kv_heads, head_dim = fields.get("num_key_value_heads", heads), fields.get("head_dim", 0)
    value_dim, bias = fields.get("value_head_dim") or head_dim, fields.get("qkv_bias", False)
    if said.get("head_kernel"):
        yield HeadConvolution(
            input_size=inputs,
            num_attention_heads=heads,
            num_key_value_heads=kv_heads,
            head_dim=head_dim,
            value_head_dim=value_dim,
            channel_kernel=said.get("channel_kernel", 0),
            head_kernel=said["head_kernel"],
            bias=bias,
        )
    if said.get("convolution"):
        yield KeyValueConvolution(
            input_size=inputs,
            num_key_value_heads=kv_heads,
            key_channels=kv_heads * head_dim,
            value_channels=kv_heads * value_dim,
            kernel=said["convolution"],
            dynamic=said.get("dynamic_convolution", False),
        )
    if said.get("relative_size"):
        yield RelativeLogits(
            input_size=inputs,
            num_attention_heads=heads,
            size=said["relative_size"],
            extent=said.get("relative_extent", 0),
            norm=said.get("relative_norm"),
        )
    if said.get("dynamic_mask"):
        window = fields.get("window")
        yield DynamicMask(num_key_value_heads=kv_heads, value_channels=kv_heads * value_dim, window=window, bias=bias)
    if said.get("differential"):
        yield Differential(head_dim=head_dim)
    if said.get("sinks"):
        yield Sinks(num_attention_heads=heads)
    if said.get("sink_projection"):
        yield Sinks(num_attention_heads=heads, input_size=inputs)
    if said.get("gate_size"):
        head_biases = heads if said.get("head_gate_bias") else 0
        yield OutputGate(
            input_size=inputs, size=said["gate_size"], bias=said.get("gate_bias", False), head_biases=head_biases
        )
