"""The lowerings of the built-in kinds of component: their weights, operators and caches.

Each is a pure function of the component's shapes; the names of tensors are the usual ones of checkpoints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.spec.components import (
    MLP,
    Attention,
    Embedding,
    Head,
    LatentAttention,
    MixtureOfExperts,
    NextTokenInput,
    Norm,
)
from llmsim_adapters.traced import minimum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.lowerings.site import Lowering, Site


def lower_norm(norm: Norm, site: Site) -> None:
    site.norm("weight", norm.size)
    if norm.bias:
        site.weight("bias", (norm.size,), "replicated")


def lower_embedding(embedding: Embedding, site: Site) -> None:
    width = embedding.hidden_size
    site.weight("weight", (embedding.vocab_size, width), "vocabulary")
    site.product("lookup", site.step.tokens, width, 0, site.step.tokens * width, kind="lookup")


def lower_head(head: Head, site: Site) -> None:
    """Logits of every new token, or of the last one of each sequence."""
    step = site.step
    if head.weight_of == "itself":
        site.weight("weight", (head.vocab_size, head.hidden_size), "vocabulary")
    if head.bias:
        site.weight("bias", (head.vocab_size,), "vocabulary")
    rows = step.tokens if step.all_logits else step.batch_size
    site.product("logits", rows, head.vocab_size, head.hidden_size, head.vocab_size * head.hidden_size)


def lower_attention(attention: Attention, site: Site) -> None:
    """Grouped-query attention; the keys and values of each key/value head are cached."""
    hidden, head_dim = attention.hidden_size, attention.head_dim
    heads, kv_heads = attention.num_attention_heads, attention.num_key_value_heads
    bias = attention.qkv_bias
    site.linear("q_proj", hidden, heads * head_dim, "heads", bias=bias)
    site.linear("k_proj", hidden, kv_heads * head_dim, "kv_heads", bias=bias)
    site.linear("v_proj", hidden, kv_heads * head_dim, "kv_heads", bias=bias)
    if attention.qk_norm:
        site.norm("q_norm", head_dim, rows=site.step.tokens * heads)
        site.norm("k_norm", head_dim, rows=site.step.tokens * kv_heads)
    site.attend(
        heads=heads,
        kv_heads=kv_heads,
        key_dim=head_dim,
        value_dim=head_dim,
        window=attention.window,
        causal=attention.causal,
    )
    site.linear("o_proj", heads * head_dim, hidden, "row", bias=attention.o_bias)
    site.cache("key_value", 2 * kv_heads * head_dim, "kv_heads", attention.window)


def lower_latent_attention(attention: LatentAttention, site: Site) -> None:
    """Latent attention: expanded in a prefill, absorbed in a decode step; the latent is cached.

    Absorbed (DeepSeek-V2, arXiv:2405.04434, section 2.1.2), queries are taken into the latent space and results
    out of it by the two halves of `kv_b_proj`, so that the cached latent serves as the only key/value head.
    """
    hidden, heads, rank = attention.hidden_size, attention.num_attention_heads, attention.kv_lora_rank
    nope, rope, value_dim = attention.qk_nope_head_dim, attention.qk_rope_head_dim, attention.v_head_dim
    step = site.step
    if attention.q_lora_rank is None:
        site.linear("q_proj", hidden, heads * (nope + rope), "heads")
    else:
        site.linear("q_a_proj", hidden, attention.q_lora_rank, "replicated", bias=attention.bias)
        site.norm("q_a_layernorm", attention.q_lora_rank)
        site.linear("q_b_proj", attention.q_lora_rank, heads * (nope + rope), "heads")
    site.linear("kv_a_proj", hidden, rank + rope, "replicated", bias=attention.bias)
    site.norm("kv_a_layernorm", rank)
    expand = heads * (nope + value_dim)
    if step.decode:
        dtype = site.matrix("kv_b_proj", (expand, rank), "heads")
        site.product("q_absorb", step.tokens, rank, nope, heads * nope * rank, dtype, batch=heads)
        site.attend(heads=heads, kv_heads=1, key_dim=rank + rope, value_dim=rank)
        site.product("o_absorb", step.tokens, value_dim, rank, heads * rank * value_dim, dtype, batch=heads)
    else:
        site.linear("kv_b_proj", rank, expand, "heads", rows=step.batch_size * step.kv_length(None))
        site.attend(heads=heads, kv_heads=heads, key_dim=nope + rope, value_dim=value_dim)
    site.linear("o_proj", heads * value_dim, hidden, "row", bias=attention.bias)
    site.cache("latent", rank + rope, "replicated")


def lower_mlp(mlp: MLP, site: Site) -> None:
    hidden, intermediate = mlp.hidden_size, mlp.intermediate_size
    if mlp.gated:
        site.linear("gate_proj", hidden, intermediate, "column", bias=mlp.bias)
    site.linear("up_proj", hidden, intermediate, "column", bias=mlp.bias)
    site.linear("down_proj", intermediate, hidden, "row", bias=mlp.bias)


def lower_mixture_of_experts(moe: MixtureOfExperts, site: Site) -> None:
    """A mixture: the router on every token, each expert on the tokens routed to it.

    The rows of all experts together are tokens · num_experts_per_tok; no more experts are read than have rows.
    """
    hidden, experts, width = moe.hidden_size, moe.num_experts, moe.moe_intermediate_size
    site.linear("router", hidden, experts, "replicated", quantized=False)
    if moe.score_correction_bias:
        site.weight("score_correction_bias", (experts,), "replicated", role="buffer", dtype="float32")
    rows = site.step.tokens * moe.num_experts_per_tok
    read = minimum(experts, rows)
    up = 2 * width if moe.gated else width
    dtype = site.matrix("experts.gate_up_proj" if moe.gated else "experts.up_proj", (experts, up, hidden), "experts")
    site.product("experts.up", rows, up, hidden, read * up * hidden, dtype)
    dtype = site.matrix("experts.down_proj", (experts, hidden, width), "experts")
    site.product("experts.down", rows, hidden, width, read * hidden * width, dtype)
    site.route(experts, moe.num_experts_per_tok)
    if moe.shared is not None:
        site.lower(moe.shared, "shared_experts")


def lower_next_token_input(module: NextTokenInput, site: Site) -> None:
    """Look-up of the next token, norms of both halves, and their projection (not quantized in checkpoints)."""
    hidden, tokens = module.hidden_size, site.step.tokens
    site.product("lookup", tokens, hidden, 0, tokens * hidden, kind="lookup")
    site.norm("enorm", hidden)
    site.norm("hnorm", hidden)
    site.linear("eh_proj", 2 * hidden, hidden, "replicated", quantized=False)


BUILT_IN: Final[Mapping[type, Lowering]] = {
    Norm: lower_norm,
    Embedding: lower_embedding,
    Head: lower_head,
    Attention: lower_attention,
    LatentAttention: lower_latent_attention,
    MLP: lower_mlp,
    MixtureOfExperts: lower_mixture_of_experts,
    NextTokenInput: lower_next_token_input,
}
