"""Echo models for llmsim-adapters: what the plugin registers."""

from __future__ import annotations

import llmsim_adapters as la
from llmsim_echo.attention import GATE, EchoAttention, lower
from llmsim_echo.dialect import DIALECT


class Echo(la.Builder):
    name = "echo"
    requirements = la.Requirements(
        categories=frozenset({la.Category.DENSE}),
        parameters=("hidden_size", "num_hidden_layers", "num_attention_heads", "echo_stride", "echo_window"),
        components=frozenset({"embedding", "norm", "echo_attention", "mlp", "head"}),
        features=frozenset({"echo_gate", "tied_embeddings"}),
    )


@la.hookimpl
def llmsim_register_components() -> list[la.ComponentKind]:
    return [la.ComponentKind(EchoAttention, lower, features=(GATE,))]


@la.hookimpl
def llmsim_register_dialects() -> list[la.Dialect]:
    return [DIALECT]


@la.hookimpl
def llmsim_register_builders() -> list[type[la.Builder]]:
    return [Echo]
