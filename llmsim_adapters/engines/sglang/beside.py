"""What SGLang stores beside a model's own tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Beside
from llmsim_adapters.engines.sglang.architectures import NO_CACHE_SCALES

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Asked, Shelf
    from llmsim_adapters.spec.components import Attention, Head, LatentAttention


def _fp8(layout: Asked) -> bool:
    quantization = layout.spec.quantization
    return quantization is not None and quantization.method == "fp8"


def _cache_scales(attention: Attention, shelf: Shelf) -> None:
    del attention
    shelf.store("cache_scales", (2,), dtype="float32")


def _latent_cache_scales(attention: LatentAttention, shelf: Shelf) -> None:
    """Those of a prefill, which attends with all heads, and of a decode step, which attends to the latent."""
    del attention
    shelf.store("cache_scales", (2, 2), dtype="float32")


def _head(head: Head, shelf: Shelf) -> None:
    if head.weight_of != "itself":
        shelf.store("weight", (head.vocab_size, head.hidden_size), "vocabulary")


def _head_norms(attention: Attention, shelf: Shelf) -> None:
    for name, norm in (("q_norm", attention.q_norm), ("k_norm", attention.k_norm)):
        if norm is None:
            shelf.store(name, (attention.head_dim,))


def _fused(attention: Attention, shelf: Shelf) -> None:
    """What a projection of queries, keys and values together has of those that the model doesn't have."""
    inputs = attention.hidden_size if attention.input_size is None else attention.input_size
    head_dim, heads = attention.head_dim, attention.num_key_value_heads
    value_dim = head_dim if attention.value_head_dim is None else attention.value_head_dim
    if attention.borrows_cache:
        shelf.store("k_proj", (heads * head_dim, inputs), "kv_heads")
    if attention.borrows_cache or attention.keys_as_values:
        shelf.store("v_proj", (heads * value_dim, inputs), "kv_heads")
    if attention.borrows_cache and attention.q_norm is not None:
        shelf.store("k_norm", (head_dim,))


BESIDE: Final = (
    Beside(
        name="scales of cached keys and values",
        source="layers/quantization/fp8.py, Fp8KVCacheMethod; layers/quantization/kv_cache.py",
        kind="attention",
        put=_cache_scales,
        but=NO_CACHE_SCALES,
        when=_fp8,
    ),
    Beside(
        name="scales of cached latents",
        source="layers/quantization/kv_cache.py; models/deepseek_v2.py: attn_mqa, attn_mha",
        kind="latent_attention",
        put=_latent_cache_scales,
        when=_fp8,
    ),
    Beside(
        name="a head of its own",
        source="models/lfm2.py, models/lfm2_moe.py: tied weights are copied as they are loaded",
        kind="head",
        put=_head,
        architectures=frozenset({"Lfm2ForCausalLM", "Lfm2MoeForCausalLM"}),
        note="the head has a copy of the embedding, though they are tied",
    ),
    Beside(
        name="norms of queries and keys, unused",
        source="models/falcon_h1.py: q_norm, k_norm",
        kind="attention",
        put=_head_norms,
        architectures=frozenset({"FalconH1ForCausalLM"}),
    ),
    Beside(
        name="keys and values of layers that borrow a cache",
        source="models/gemma3n_causal.py: QKVParallelLinear",
        kind="attention",
        put=_fused,
        architectures=frozenset({"Gemma3nForCausalLM", "Gemma3nForConditionalGeneration"}),
        note="layers that borrow a cache have projections of keys and values too, unused",
    ),
)
