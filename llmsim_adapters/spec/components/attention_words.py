"""The options that the fields of 0.1 say, and the other way round."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

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


def following(fields: dict[str, Any], said: dict[str, Any]) -> tuple[AttentionPart, ...]:
    """Return the options among the fields, changed as old ones say, of the sizes that the other fields have."""
    given: tuple[AttentionPart, ...] = fields.get("options", ())
    made = {_key(option): option for option in options(fields, {**said_by(given), **said})}
    found = []
    for option in given:
        if option.__class__ in _SAYS:
            followed = made.pop(_key(option), None)
            if isinstance(option, OutputGate) and isinstance(followed, OutputGate) and option.factors:
                followed = replace(followed, factors=True)  # which no old field says
            found += [] if followed is None else [followed]
        else:
            found.append(option)
    return (*found, *made.values())


def said_by(options: tuple[AttentionPart, ...]) -> dict[str, Any]:
    """Return what old fields say of these options."""
    return {name: value for option in options for name, value in _words(option)}


def _words(option: Any) -> Iterator[tuple[str, Any]]:
    for name, field in _SAYS.get(option.__class__, {}).items():
        yield name, getattr(option, field) if field else True
    if isinstance(option, OutputGate):
        yield "head_gate_bias", bool(option.head_biases)
    elif isinstance(option, Sinks):
        yield ("sink_projection" if option.input_size else "sinks"), True


_SAYS: Final[dict[type, dict[str, str]]] = {
    OutputGate: {"gate_size": "size", "gate_bias": "bias"},
    Sinks: {},
    RelativeLogits: {"relative_size": "size", "relative_extent": "extent", "relative_norm": "norm"},
    KeyValueConvolution: {"convolution": "kernel", "dynamic_convolution": "dynamic"},
    HeadConvolution: {"channel_kernel": "channel_kernel", "head_kernel": "head_kernel"},
    DynamicMask: {"dynamic_mask": ""},
    Differential: {"differential": ""},
}
"""Old fields by kind of option, each with the option's own that says the same; without: that there is one."""


def _key(option: AttentionPart) -> tuple[type, bool]:
    """Return what an attention has at most one of; sinks that are projected may stand beside learned ones."""
    return option.__class__, isinstance(option, Sinks) and bool(option.input_size)


def options(fields: dict[str, Any], said: dict[str, Any]) -> Iterator[AttentionPart]:
    """Yield the options that old fields say, of the sizes among the other fields."""
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
