"""What SGLang stores beside a model's own tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Beside
from llmsim_adapters.engines.sglang.architectures import GEMMA3N, GEMMA4, GEMMA4_ASSISTANTS, NO_CACHE_SCALES, names
from llmsim_adapters.engines.sglang.conditions import attentions

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Asked, Shelf
    from llmsim_adapters.spec.components import Attention, CompressedAttention, Head, LatentAttention


def _scales_caches(layout: Asked) -> bool:
    """Whether attention has scales of what it caches: of some methods always, else where the checkpoint says so."""
    quantization = layout.quantization
    if quantization is None:
        return False
    if quantization.method == "modelopt" and quantization.scheme is not None and quantization.scheme.name == "nvfp4":
        return True  # ModelOptFp4Config: where nothing is said, the cache's algorithm is "auto"
    return quantization.method in ("fp8", "quark") or bool(quantization.cache_dtype)


def _cache_scales(attention: Attention, shelf: Shelf) -> None:
    if attention.cached:
        shelf.store("cache_scales", (2,), dtype="float32")


def _compressed_cache_scales(attention: CompressedAttention, shelf: Shelf) -> None:
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


def _borrowed(attention: Attention, shelf: Shelf) -> None:
    """What a projection of queries, keys and values together has where keys and values are another layer's."""
    if attention.borrows_cache:
        _project(attention, shelf, "k_proj", attention.head_dim)
        _project_values(attention, shelf)
        if attention.q_norm is not None:
            shelf.store("k_norm", (attention.head_dim,))


def _keys(attention: Attention, shelf: Shelf) -> None:
    """What such a projection has where the values are the keys."""
    if attention.keys_as_values and not attention.borrows_cache:
        _project_values(attention, shelf)


def _project_values(attention: Attention, shelf: Shelf) -> None:
    head_dim = attention.head_dim if attention.value_head_dim is None else attention.value_head_dim
    _project(attention, shelf, "v_proj", head_dim)


def _project(attention: Attention, shelf: Shelf, name: str, head_dim: int) -> None:
    inputs = attention.hidden_size if attention.input_size is None else attention.input_size
    shelf.store(name, (attention.num_key_value_heads * head_dim, inputs), "kv_heads")


def _any_borrows(layout: Asked) -> bool:
    return any(attention.borrows_cache for attention in attentions(layout.spec))


def _any_keys_as_values(layout: Asked) -> bool:
    return any(attention.keys_as_values for attention in attentions(layout.spec))


BESIDE: Final = (
    Beside(
        name="scales of cached keys and values",
        source="layers/quantization/fp8.py, Fp8KVCacheMethod; layers/quantization/kv_cache.py",
        kind="attention",
        put=_cache_scales,
        but=NO_CACHE_SCALES,
        when=_scales_caches,
    ),
    Beside(
        name="scales of compressed keys and values",
        source="models/deepseek_v4.py: attn_mqa",
        kind="compressed_attention",
        put=_compressed_cache_scales,
        when=_scales_caches,
    ),
    Beside(
        name="scales of cached latents",
        source="layers/quantization/kv_cache.py; models/deepseek_v2.py: attn_mqa, attn_mha",
        kind="latent_attention",
        put=_latent_cache_scales,
        when=_scales_caches,
    ),
    Beside(
        name="a head of its own",
        source="models/lfm2.py, lfm2_moe.py, whisper.py, grok.py, spark2_5.py: tied weights are copied, not shared",
        kind="head",
        put=_head,
        architectures=names("""
            Grok1ForCausalLM Grok1ModelForCausalLM Lfm2ForCausalLM Lfm2MoeForCausalLM Spark2_5ForCausalLM
            WhisperForConditionalGeneration
        """),
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
        source="models/gemma3n_causal.py, models/gemma4_causal.py: QKVParallelLinear",
        kind="attention",
        put=_borrowed,
        architectures=GEMMA3N | GEMMA4 | GEMMA4_ASSISTANTS,
        when=_any_borrows,
        note="layers that borrow a cache have projections of keys and values too, unused",
    ),
    Beside(
        name="values that are the keys",
        source="models/gemma4_causal.py, models/gemma4_diffusion.py: QKVParallelLinear",
        kind="attention",
        put=_keys,
        architectures=GEMMA4,
        when=_any_keys_as_values,
        note="layers whose values are their keys have a projection of values too",
    ),
)
