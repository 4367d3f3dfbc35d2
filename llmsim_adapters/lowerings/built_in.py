"""Which lowering each built-in kind of component has.

A lowering is a pure function of the component's shapes; the names of tensors are the usual ones of checkpoints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.lowerings.attention import lower_attention, lower_latent_attention
from llmsim_adapters.lowerings.ends import (
    lower_embedding,
    lower_head,
    lower_next_token_input,
    lower_position_embedding,
)
from llmsim_adapters.lowerings.feed_forward import lower_mixture_of_experts, lower_mlp
from llmsim_adapters.lowerings.norms import lower_norm
from llmsim_adapters.spec.components import (
    MLP,
    Attention,
    Embedding,
    Head,
    LatentAttention,
    MixtureOfExperts,
    NextTokenInput,
    Norm,
    PositionEmbedding,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.lowerings.site import Lowering

BUILT_IN: Final[Mapping[type, Lowering]] = {
    Norm: lower_norm,
    Embedding: lower_embedding,
    PositionEmbedding: lower_position_embedding,
    Head: lower_head,
    Attention: lower_attention,
    LatentAttention: lower_latent_attention,
    MLP: lower_mlp,
    MixtureOfExperts: lower_mixture_of_experts,
    NextTokenInput: lower_next_token_input,
}
