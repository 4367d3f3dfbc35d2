"""The lowering of attention whose heads are chosen for each token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.traced import minimum

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import MixtureOfAttention


def lower_mixture_of_attention(mixture: MixtureOfAttention, site: Site) -> None:
    """The heads of the experts that a token is sent to attend side by side to the same keys and values."""
    hidden, experts, top_k = mixture.hidden_size, mixture.num_experts, mixture.num_experts_per_tok
    kv_heads, head_dim = mixture.num_key_value_heads, mixture.head_dim
    width = kv_heads * head_dim
    site.split_heads(kv_heads, kv_heads)
    site.linear("router", hidden, experts, "replicated", quantized=False)
    site.linear("k_proj", hidden, width, "kv_heads")
    site.linear("v_proj", hidden, width, "kv_heads")
    local, rows, part = site.local_experts(experts, site.step.tokens * top_k, width)
    read = minimum(local, rows)
    dtype = site.matrix("experts.q_proj", (experts, width, hidden), "experts")
    site.hand_out("experts.q", hidden, top_k, dtype)
    site.bring_back("experts.q", width, top_k, apart=True)
    site.product("experts.q", rows, part, hidden, read * part * hidden, dtype)
    site.attend(heads=kv_heads * top_k, kv_heads=kv_heads, key_dim=head_dim, value_dim=head_dim)
    dtype = site.matrix("experts.o_proj", (experts, hidden, width), "experts")
    site.gather("values", site.step.tokens * top_k, width)
    site.hand_out("experts.o", width, top_k, dtype, apart=True)
    site.bring_back("experts.o", hidden, top_k)
    site.product("experts.o", rows, hidden, part, read * hidden * part, dtype)
    if mixture.output_bias:
        site.weight("output_bias", (hidden,), "replicated")
    site.route(experts, top_k)
    site.cache("key_value", 2 * width, "kv_heads")
