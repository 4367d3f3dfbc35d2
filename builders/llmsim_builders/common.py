"""What the built-in builders share: the parts that every decoder has, and all features of what they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import llmsim_adapters as la

if TYPE_CHECKING:
    from collections.abc import Mapping

_DECODER: Final = frozenset(
    {"adapter", "embedding", "head", "mlp", "next_token_input", "norm", "position_embedding", "projection", "scale"}
    | {"hyper_connection", "hyper_head", "indexer", "initial_state", "convolved_residual", "scaled_residual"}
    | {"alternating_updates", "per_layer_embedding", "per_layer_input", "retrieved_experts", "stream_projections"}
    | {"attention_residual", "axial_position_embedding", "chunk_attention", "hash_embedding", "message_gate"}
    | {
        "low_rank_hyper_connection",
        "ngram_attention",
        "ngram_input",
        "patch_attention",
        "relative_attention",
        "rotary_frequencies",
        "self_conditioning",
        "stored_tensors",
    }
)

EVERY_MIXER: Final = frozenset(
    {"attention", "compressed_attention", "compressed_indexer", "latent_attention", "mixture_of_attention"}
    | {"gated_delta_net", "kimi_delta_attention", "lightning_attention", "mixture_of_experts", "short_convolution"}
    | {"gated_linear_recurrence", "mamba", "mamba2", "matrix_lstm", "rwkv_channel_mix", "rwkv_time_mix"}
)
"""What layers of every family mix tokens and features with: for models told apart by what they are there for."""

DECODER_PARAMETERS: Final = ("hidden_size", "num_hidden_layers", "num_attention_heads")
EXPERT_PARAMETERS: Final = ("num_experts", "num_experts_per_tok", "moe_intermediate_size")


def decoders(
    *categories: la.Category,
    parameters: tuple[str, ...],
    components: set[str],
    parameters_of: Mapping[la.Category, tuple[str, ...]] | None = None,
) -> la.Requirements:
    """Return the requirements for decoders with these components beside those of every decoder."""
    every = _DECODER | components
    return la.Requirements(
        categories=frozenset(categories),
        parameters=parameters,
        parameters_of=parameters_of or {},
        components=every,
        features=la.features_of("model", "quantization", *every),
    )
