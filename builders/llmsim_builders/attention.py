"""The parts of decoders with attention: softmax attention by head, and latent attention."""

from __future__ import annotations

from typing import Final

ATTENTION_FEATURES: Final = frozenset(
    {
        "attention_bias",
        "attention_gate",
        "attention_input_size",
        "attention_gate_bias",
        "attention_output_bias",
        "attention_output_norm",
        "attention_sinks",
        "attention_softcap",
        "attention_source_size",
        "bidirectional_attention",
        "block_sparse_attention",
        "borrowed_cache",
        "chunked_attention",
        "differential_attention",
        "dynamic_convolution",
        "dynamic_mask",
        "key_value_convolution",
        "keys_as_values",
        "keys_without_bias",
        "mixed_attention",
        "partial_rotary",
        "pooled_index",
        "projected_sinks",
        "qk_norm",
        "relative_logits",
        "relative_norm",
        "convolved_heads",
        "sliding_window",
        "uncached_attention",
        "unfinished_block",
        "value_head_dim",
        "value_norm",
    }
)

COMPRESSED_COMPONENTS: Final = frozenset({"compressed_attention", "compressed_indexer"})

LATENT_FEATURES: Final = frozenset(
    {
        "gate_from_queries",
        "latent_attention_bias",
        "latent_attention_gate",
        "latent_attention_sinks",
        "latent_attention_window",
        "query_compression",
        "rotary_key_norm",
        "sparse_attention",
    }
)
