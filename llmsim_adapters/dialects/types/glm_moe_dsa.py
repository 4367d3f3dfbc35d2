"""GLM-5: DeepSeek-V3.2, with layers that attend to what an earlier one's indexer chose. Source: `GlmMoeDsaConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention
from llmsim_adapters.dialects.assembly.patterns import after_dense_every, mlp_layer_types
from llmsim_adapters.dialects.assembly.sparse_attention import indexer_schedule, indexer_types
from llmsim_adapters.dialects.types import deepseek_v32

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    attention = latent_attention(r, bias=r.flag("attention_bias"))
    mixers = indexer_types(r, attention, indexer_schedule(r))
    return deepseek_v32.sparse_decoder(r, mixers, mlp_layer_types(r, lambda: after_dense_every(r)))


DIALECT = deepseek_v32.DIALECT.like(
    "glm_moe_dsa",
    read=read,
    vocab_size=154880,
    hidden_size=6144,
    intermediate_size=12288,
    num_hidden_layers=78,
    num_attention_heads=64,
    num_key_value_heads=64,
    q_lora_rank=2048,
    qk_nope_head_dim=192,
    v_head_dim=256,
    index_n_heads=32,
    index_topk_freq=1,
    index_skip_topk_offset=2,
    indexer_types=None,
)
