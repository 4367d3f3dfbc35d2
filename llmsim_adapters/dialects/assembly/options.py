"""What an attention may have beside its projections and its core, of the attention's own sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from llmsim_adapters.dataclass import replace
from llmsim_adapters.spec.components import Attention, LatentAttention, Norm, OutputGate, Sinks

if TYPE_CHECKING:
    from llmsim_adapters.spec.components.attention_parts import AttentionPart

Attends = TypeVar("Attends", Attention, LatentAttention)


def with_options(attention: Attends, *options: AttentionPart) -> Attends:
    """Return an attention with further options; one of a kind that it has takes that one's place."""
    kinds = tuple(type(option) for option in options)
    others: tuple[AttentionPart, ...] = tuple([option for option in attention.options if type(option) not in kinds])
    return replace(attention, options=(*others, *options))


def gated(
    attention: Attends, *, per_head: bool = False, bias: bool = False, head_biases: bool = False, factors: bool = False
) -> Attends:
    """Return an attention with an output gate of one value for each result, or for each head.

    With `factors`, each value has a trained one.
    """
    heads = attention.num_attention_heads
    if isinstance(attention, LatentAttention):
        inputs, width = attention.hidden_size, attention.v_head_dim
    else:
        inputs = attention.input_size or attention.hidden_size
        width = attention.head_dim if attention.value_head_dim is None else attention.value_head_dim
    gate = OutputGate(
        input_size=inputs,
        size=heads if per_head else heads * width,
        bias=bias,
        factors=factors,
        head_biases=heads if head_biases else 0,
    )
    return with_options(attention, gate)


def with_sinks(attention: Attends) -> Attends:
    """Return an attention with a learned logit of each head that takes attention from the tokens."""
    return with_options(attention, Sinks(num_attention_heads=attention.num_attention_heads))


def with_norms_of_heads(attention: Attention, *, bias: bool = False) -> Attention:
    """Return an attention whose every head of queries and of keys has a layer norm with numbers of its own."""
    norm = Norm(attention.head_dim, "layer", bias=bias, sets=attention.num_attention_heads)
    return replace(attention, q_norm=norm, k_norm=replace(norm, sets=attention.num_key_value_heads))
