"""A plugin of hybrids that needs the public names and nothing else: the suite's type checker reads it, too."""

from __future__ import annotations

from typing import Any

import llmsim_adapters as la


def read_delta(r: la.Reader) -> la.ModelSpec:
    mixers = la.linear_or_full(
        r,
        lambda: la.gated_delta_net(r),
        lambda: la.attention(r, qk_norm=True),
        lambda: la.last_of_every(r, "full_attention_interval"),
    )
    return la.decoder(r, mixers, la.mlp(r))


def read_convolved(r: la.Reader) -> la.ModelSpec:
    hidden = r.size("hidden_size")
    convolution = la.ShortConvolution(hidden_size=hidden, conv_kernel=r.size("conv_kernel"))
    parts: dict[str, la.Component] = {"conv": convolution, "full_attention": la.attention(r), "states": la.mamba2(r)}
    return la.decoder(r, la.by_name(r, parts), la.mlp(r))


SIZES: dict[str, Any] = {
    "linear_num_key_heads": 4,
    "linear_num_value_heads": 8,
    "linear_key_head_dim": 16,
    "linear_value_head_dim": 24,
    "linear_conv_kernel_dim": 4,
    "full_attention_interval": 3,
}
DELTA = la.dialect("llama").like("acme_delta", read=read_delta, **SIZES)
STATES: dict[str, Any] = {
    "state_size": 16,
    "mamba_num_heads": 8,
    "mamba_head_dim": 16,
    "mamba_n_groups": 1,
    "mamba_chunk_size": 64,
}
CONVOLVED = la.dialect("llama").like("acme_conv", read=read_convolved, conv_kernel=3, mamba_expand=2, **STATES)


@la.hookimpl
def llmsim_register_dialects() -> list[la.Dialect]:
    return [DELTA, CONVOLVED]
