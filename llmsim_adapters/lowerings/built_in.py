"""Which lowering each built-in kind of component has.

A lowering is a pure function of the component's shapes; the names of tensors are the usual ones of checkpoints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.lowerings.adapters import lower_adapter
from llmsim_adapters.lowerings.attention import lower_attention, lower_latent_attention
from llmsim_adapters.lowerings.compressed_attention import lower_compressed_attention, lower_compressed_indexer
from llmsim_adapters.lowerings.ends import (
    lower_embedding,
    lower_head,
    lower_initial_state,
    lower_next_token_input,
    lower_position_embedding,
    lower_projection,
)
from llmsim_adapters.lowerings.feed_forward import lower_mixture_of_experts, lower_mlp
from llmsim_adapters.lowerings.hyper_connections import lower_hyper_connection, lower_hyper_head
from llmsim_adapters.lowerings.linear_attention import (
    lower_gated_delta_net,
    lower_kimi_delta_attention,
    lower_lightning_attention,
)
from llmsim_adapters.lowerings.mixture_of_attention import lower_mixture_of_attention
from llmsim_adapters.lowerings.norms import lower_norm, lower_scale
from llmsim_adapters.lowerings.per_layer import lower_per_layer_embedding, lower_per_layer_input
from llmsim_adapters.lowerings.recurrent import (
    lower_channel_mix,
    lower_gated_linear_recurrence,
    lower_mamba,
    lower_mamba2,
    lower_matrix_lstm,
    lower_short_convolution,
    lower_time_mix,
)
from llmsim_adapters.lowerings.relative_attention import lower_relative_attention
from llmsim_adapters.lowerings.residual import lower_convolved_residual, lower_scaled_residual
from llmsim_adapters.lowerings.retrieval import lower_retrieved_experts
from llmsim_adapters.lowerings.sparse_attention import lower_indexer
from llmsim_adapters.lowerings.streams import lower_alternating_updates, lower_stream_projections
from llmsim_adapters.spec.components import (
    MLP,
    Adapter,
    AlternatingUpdates,
    Attention,
    ChannelMix,
    CompressedAttention,
    CompressedIndexer,
    ConvolvedResidual,
    Embedding,
    GatedDeltaNet,
    GatedLinearRecurrence,
    Head,
    HyperConnection,
    HyperHead,
    Indexer,
    InitialState,
    KimiDeltaAttention,
    LatentAttention,
    LightningAttention,
    Mamba,
    Mamba2,
    MatrixLSTM,
    MixtureOfAttention,
    MixtureOfExperts,
    NextTokenInput,
    Norm,
    PerLayerEmbedding,
    PerLayerInput,
    PositionEmbedding,
    Projection,
    RelativeAttention,
    RetrievedExperts,
    Scale,
    ScaledResidual,
    ShortConvolution,
    StreamProjections,
    TimeMix,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.lowerings.site import Lowering

BUILT_IN: Final[Mapping[type, Lowering]] = {
    Norm: lower_norm,
    Embedding: lower_embedding,
    PositionEmbedding: lower_position_embedding,
    PerLayerEmbedding: lower_per_layer_embedding,
    PerLayerInput: lower_per_layer_input,
    Scale: lower_scale,
    RetrievedExperts: lower_retrieved_experts,
    AlternatingUpdates: lower_alternating_updates,
    StreamProjections: lower_stream_projections,
    InitialState: lower_initial_state,
    Projection: lower_projection,
    RelativeAttention: lower_relative_attention,
    Head: lower_head,
    Attention: lower_attention,
    LatentAttention: lower_latent_attention,
    Indexer: lower_indexer,
    CompressedAttention: lower_compressed_attention,
    CompressedIndexer: lower_compressed_indexer,
    HyperConnection: lower_hyper_connection,
    HyperHead: lower_hyper_head,
    ConvolvedResidual: lower_convolved_residual,
    ScaledResidual: lower_scaled_residual,
    ShortConvolution: lower_short_convolution,
    Mamba: lower_mamba,
    Mamba2: lower_mamba2,
    MatrixLSTM: lower_matrix_lstm,
    GatedLinearRecurrence: lower_gated_linear_recurrence,
    TimeMix: lower_time_mix,
    ChannelMix: lower_channel_mix,
    GatedDeltaNet: lower_gated_delta_net,
    KimiDeltaAttention: lower_kimi_delta_attention,
    LightningAttention: lower_lightning_attention,
    Adapter: lower_adapter,
    MLP: lower_mlp,
    MixtureOfAttention: lower_mixture_of_attention,
    MixtureOfExperts: lower_mixture_of_experts,
    NextTokenInput: lower_next_token_input,
}
