"""Echo attention: what it is, the feature that it may have, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import llmsim_adapters as la


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoAttention(la.Component):
    """Attention to the latest tokens, and to the echoes of all of them.

    A token attends to the `window` latest tokens. Of each `stride` tokens, a learned matrix of each key/value head
    makes one key, and another one value: an echo, which stays when the tokens have left the window. Where it is
    `gated`, each head weighs its two results by a number that is projected from the input.
    """

    kind: ClassVar[str] = "echo_attention"
    attends: ClassVar[bool] = True

    hidden_size: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    window: int
    stride: int
    gated: bool = False


GATE = la.Feature(
    "echo_gate",
    "each head weighs the window against the echoes",
    on=EchoAttention,
    present=lambda attention: attention.gated,
    remove=lambda attention: replace(attention, gated=False),
)


def lower(attention: EchoAttention, site: la.Site) -> None:
    """The usual projections, attention in the window, what makes the echoes, and attention to them."""
    hidden, width, stride = attention.hidden_size, attention.head_dim, attention.stride
    heads, kv_heads, step = attention.num_attention_heads, attention.num_key_value_heads, site.step
    site.split_heads(heads, kv_heads)
    site.linear("q_proj", hidden, heads * width, "heads")
    site.linear("k_proj", hidden, kv_heads * width, "kv_heads")
    site.linear("v_proj", hidden, kv_heads * width, "kv_heads")
    site.attend(heads=heads, kv_heads=kv_heads, key_dim=width, value_dim=width, window=attention.window)
    site.cache("key_value", 2 * kv_heads * width, "kv_heads", window=attention.window)

    made, echoes = step.batch_size * step.new_entries(stride), step.entries(stride)
    for name in ("key_echo", "value_echo"):
        dtype = site.matrix(name, (kv_heads, width, stride * width), "kv_heads")
        site.product(
            *(name, made, width, stride * width, kv_heads * width * stride * width, dtype),
            batch=kv_heads,
            sharding="kv_heads",
        )
    stored = step.batch_size * site.local(kv_heads, "kv_heads") * echoes * width
    for name, n, k in (("echo_scores", echoes, width), ("echo_values", width, echoes)):
        site.product(
            *(name, step.seq_len, n, k, stored, step.cache_dtype),
            batch=step.batch_size * site.local(heads, "heads"),
            kind="attention",
            pairs=step.entry_pairs(stride, None),
            full_pairs=step.seq_len * echoes,
        )
    site.cache("key_value", 2 * kv_heads * width, "kv_heads", stride=stride)

    if attention.gated:
        site.linear("gate_proj", hidden, heads, "heads")
    site.linear("o_proj", heads * width, hidden, "row")
