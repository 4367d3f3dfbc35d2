"""The lowering of attention between tokens and patches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Norm
from llmsim_adapters.traced import maximum

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.lowerings.step import Step
    from llmsim_adapters.spec.components import PatchAttention


def lower_patch_attention(attention: PatchAttention, site: Site) -> None:
    """Patches are multiplied with all tokens, and tokens with all patches, that are new or of the patch in progress.

    A mask leaves the pairs of one patch. Kept for later steps are the keys and values of the patch in progress.
    """
    hidden, head_dim, step = attention.hidden_size, attention.head_dim, site.step
    heads, kv_heads = attention.num_attention_heads, attention.num_key_value_heads
    asking, asked, length, pairs = _asking(attention, step)
    site.split_heads(heads, kv_heads)
    site.norm("q_norm", Norm(hidden), step.batch_size * asking)
    site.norm("k_norm", Norm(hidden), step.batch_size * asked)
    site.linear("q_proj", hidden, heads * head_dim, "heads", rows=step.batch_size * asking)
    for name in ("k_proj", "v_proj"):
        site.linear(name, hidden, kv_heads * head_dim, "kv_heads", rows=step.batch_size * asked)
    stored = step.batch_size * site.local(kv_heads, "kv_heads") * length * head_dim
    for name, n, k in (("scores", length, head_dim), ("values", head_dim, length)):
        site.product(
            name,
            asking,
            n,
            k,
            stored,
            step.cache_dtype,
            batch=step.batch_size * site.local(heads, "heads"),
            kind="attention",
            pairs=pairs,
            full_pairs=maximum(asking * length, 1),
        )
    site.linear("o_proj", heads * head_dim, hidden, "row", rows=step.batch_size * asking)
    if attention.queries == "patches":
        site.cache("key_value", 2 * kv_heads * head_dim, "kv_heads", attention.patch_size)
    else:
        site.cache("state", 2 * kv_heads * head_dim * attention.states, "kv_heads")


def _asking(attention: PatchAttention, step: Step) -> tuple[int, int, int, int]:
    """Return a sequence's queries and new keys, the keys that queries meet, and the pairs that a mask leaves."""
    size, states = attention.patch_size, attention.states
    new = step.new_patches(size)
    if attention.queries == "patches":
        pairs = states * (new * size if step.context_len else step.seq_len)
        return new * states, step.seq_len, step.kv_length(size), pairs
    length = (new + 1) * states if step.context_len else new * states
    return step.seq_len, new * states, length, states * step.seq_len
