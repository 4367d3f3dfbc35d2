"""How a config says what an Echo model is."""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_echo.attention import EchoAttention


def read(r: la.Reader) -> la.ModelSpec:
    usual = la.attention(r)
    window, stride = r.size("echo_window"), r.size("echo_stride")
    r.check("echo_stride", stride <= window, f"is {stride:d}; tokens would leave the window ({window:d}) before")
    mixer = EchoAttention(
        hidden_size=usual.hidden_size,
        num_attention_heads=usual.num_attention_heads,
        num_key_value_heads=usual.num_key_value_heads,
        head_dim=usual.head_dim,
        window=window,
        stride=stride,
        gated=r.flag("echo_gate"),
    )
    return la.decoder(r, mixer, la.mlp(r))


DIALECT = la.Dialect(
    "echo",
    read,
    defaults={
        "num_key_value_heads": None,
        "head_dim": None,
        "hidden_act": "silu",
        "echo_window": 1024,
        "echo_gate": False,
        "tie_word_embeddings": False,
    },
    aliases={"echo_every": "echo_stride"},
    costless={"echo_init_std": "initial weights: training only"},
)
